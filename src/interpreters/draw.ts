/** Draws at a site: shapes checked, noise asked for, gradient cut where the sampler has none. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Draw,
  SiteError,
  type Shape,
  type Tensor,
} from '../../dsl/index.js';
import { cutOff } from '../../dsl/tensors/gradient.js';
import { checkValue, isReparameterised } from '../../dsl/law/distribution.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import type { NoiseInstruction, RowMeanInstruction } from '../../dsl/program/instruction.js';
import { type PlacedPlate, platesShape } from '../../dsl/program/layout.js';
import { broadcast, dropLast, showShape, takeLast } from '../../dsl/tensors/shape.js';
import { expandTo } from '../../dsl/tensors/tensor.js';
import { mapPreimage, sharedPreimage } from '../../dsl/law/preimage.js';
import { type NoiseSource, noiseName } from '../random/noise-source.js';
import { reasonOf } from '../../dsl/refusals/thrown.js';
import { fitsPlates, withoutSpareAxes } from './layout.js';

/** A draw with the noise that made it. */
export interface SiteDraw extends Draw {
  readonly noise: readonly Tensor[];
}

/** Checks that the batch of a site's distribution is covered by the plates around. */
export const checkBatch = (
  site: string,
  distribution: Distribution,
  plates: readonly PlacedPlate[],
  role?: 'model' | 'guide',
  observed = false,
): void => {
  const where = role === undefined ? siteLabel(site) : `${siteLabel(site)} of the ${role}`;
  const shape = [...distribution.batchShape, ...distribution.eventShape];
  // The sum of nothing is 0, but on WebAssembly what memory holds there.
  if (shape.includes(0)) {
    throw new SiteError({
      site: where,
      expected: 'a law of at least one number',
      received: `${distribution.family.name} of shape ${showShape(shape)}`,
      cure: 'Give it as many parameters as there are data, and leave the site out where there are none.',
    });
  }
  const { batchShape } = distribution;
  if (!fitsPlates(observed ? withoutSpareAxes(batchShape, plates) : batchShape, plates)) {
    const around = platesShape(plates);
    throw new SiteError({
      site: where,
      expected: `a batch that broadcasts to ${showShape(around)}, ${
        plates.length === 0
          ? 'for there is no plate around it'
          : `the axes of ${plates.map((p) => `plate '${p.name}'`).join(', ')}`
      }`,
      received: `${distribution.family.name} with batch shape ${showShape(batchShape)}`,
      cure:
        batchShape.length <= around.length
          ? 'Give parameters and data as many rows as the plate visits on this run.'
          : 'Wrap axes of one joint law in independent(…), and put repeated data in a plate.',
    });
  }
};

/** Checks a value that was given for a site. */
export const checkGiven = (site: string, distribution: Distribution, value: Tensor): void => {
  try {
    checkValue(distribution, value);
  } catch (error) {
    throw new SiteError({
      site: siteLabel(site),
      expected: `a value that fits ${distribution.family.name}`,
      received: `shape ${showShape(value.shape)}`,
      cure: reasonOf(error),
    });
  }
};

/** How a draw is made, where that is not as the family says. */
export interface DrawOptions {
  /** Another map from the noise to a value, which carries the gradient. */
  readonly push?: (noise: readonly Tensor[]) => Tensor;
}

/** A push, which has no batch of its own where there is no noise, at every place of a batch. */
const overBatch = (pushed: Tensor, eventRank: number, batch: Shape): Tensor => {
  const reach = broadcast(dropLast(pushed.shape, eventRank), batch) ?? batch;
  return expandTo(pushed, [...reach, ...takeLast(pushed.shape, eventRank)]);
};

/** The blocks of noise of a distribution. */
type Blocks = readonly Tensor[];

/** A draw from given noise at every place of a batch. */
const drawFrom = (
  distribution: Distribution,
  batch: Shape,
  noise: Blocks,
  { push }: DrawOptions = {},
): SiteDraw => {
  const drawn = push ? { value: push(noise) } : distribution.sampler.draw(noise);
  const value = overBatch(drawn.value, distribution.eventShape.length, batch);
  const carries = push !== undefined || isReparameterised(distribution.sampler.gradient);
  const from = carries ? drawn.preimage : sharedPreimage(drawn.preimage);
  const preimage =
    from &&
    mapPreimage(from, (x, eventRank) => {
      const wide = overBatch(x, eventRank, batch);
      return carries ? wide : cutOff(wide);
    });
  return {
    noise,
    ...(preimage && { preimage }),
    // A fresh tensor even for a point mass, whose draw is its parameter: values identify sites.
    value: carries ? tf.clone(value) : cutOff(value),
  };
};

/** Draws a site's value at every plate element. */
export const drawSite = (
  site: string,
  distribution: Distribution,
  plates: readonly PlacedPlate[],
  source: NoiseSource,
  options: DrawOptions = {},
): SiteDraw => {
  const batch = platesShape(plates);
  const noise = distribution.sampler.noise.map((n, i) =>
    source(noiseName('site', site), i, n, batch),
  );
  return drawFrom(distribution, batch, noise, options);
};

/** The rows of a layer, the axes left of what it is given of each; the plates around must have theirs there. */
const checkRows = (
  /** The layer, for people. */
  who: string,
  rows: Shape,
  plates: readonly PlacedPlate[],
  /** What tells the layer that an axis belongs to each row. */
  own: string,
): void => {
  const around = platesShape(plates);
  const hasOwn = plates.length > 0 && rows.length > around.length;
  if (!hasOwn && broadcast(around, rows) !== undefined) return;
  throw new SiteError({
    site: who,
    expected: `rows that broadcast to ${showShape(around)}, the plates around`,
    received: `rows ${showShape(rows)}`,
    cure:
      plates.length > 0
        ? `Count the axes of one row among its own: ${own}.`
        : 'Put what the rows are of in a plate.',
  });
};

/** Draws noise, or gives what stands for it; `from` is the first of its blocks that is not used yet. */
export const drawNoise = (
  { name, distribution, evaluation, evaluating, rows }: NoiseInstruction,
  plates: readonly PlacedPlate[],
  source: NoiseSource,
  from: number,
): SiteDraw => {
  const around = platesShape(plates);
  if (evaluating && evaluation !== undefined) {
    // What is the same for all rows broadcasts to them.
    const batch = rows === undefined ? around : [];
    return { value: expandTo(evaluation, [...batch, ...distribution.eventShape]), noise: [] };
  }
  checkRows(`noise '${name}'`, rows ?? [], plates, 'pass axes, 3 for images');
  const batch = broadcast(around, rows ?? []) ?? around;
  const noise = distribution.sampler.noise.map((n, i) =>
    source(noiseName('noise', name), from + i, n, batch),
  );
  return drawFrom(distribution, batch, noise);
};

/** The mean over the axes of rows, kept with length 1. At evaluation nothing asks for it. */
export const rowMean = (
  { name, value, eventRank, evaluating }: RowMeanInstruction,
  plates: readonly PlacedPlate[],
): Tensor => {
  if (evaluating) return value;
  const rows = dropLast(value.shape, eventRank);
  checkRows(`batchNorm '${name}'`, rows, plates, 'pass pooled, 2 for images');
  return rows.length === 0
    ? value
    : tf.mean(
        value,
        rows.map((_, axis) => axis),
        true,
      );
};
