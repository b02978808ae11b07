/** Draws at a site: shapes checked, noise asked for, gradient cut where the sampler has none. */
import * as tf from '@tensorflow/tfjs';
import { type Distribution, SiteError, type Shape, type Tensor } from '../../dsl/index.js';
import { cutOff } from '../../dsl/gradient.js';
import { checkValue, familyName, isReparameterised } from '../../dsl/distribution.js';
import { siteLabel } from '../../dsl/error.js';
import type { NoiseInstruction, RowMeanInstruction } from '../../dsl/program/instruction.js';
import { type PlacedPlate, platesShape } from '../../dsl/program/layout.js';
import { broadcast, dropLast, showShape, takeLast } from '../../dsl/shape.js';
import { expandTo } from '../../dsl/tensor.js';
import { type NoiseSource, noiseName } from '../noise-source.js';
import { reasonOf } from '../thrown.js';
import { type Layout, batchRank, batchShapeAt, fillBatch, withoutSpareAxes } from './layout.js';
import type { Point } from './record.js';

export interface Draw {
  readonly value: Tensor;
  readonly noise: readonly Tensor[];
  readonly point?: Point;
}

/** Checks that the batch of a site's distribution is covered by the particles and plates around. */
export const checkBatch = (
  site: string,
  distribution: Distribution,
  layout: Layout,
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
      received: `${familyName(distribution)} of shape ${showShape(shape)}`,
      cure: 'Give it as many parameters as there are data, and leave the site out where there are none.',
    });
  }
  const { batchShape } = distribution;
  const batch = observed ? withoutSpareAxes(batchShape, layout, plates) : batchShape;
  if (fillBatch(batch, layout, plates) === undefined) {
    throw new SiteError({
      site: where,
      expected: `a batch that broadcasts to ${showShape(batchShapeAt(layout, plates))}, ${
        plates.length === 0
          ? 'for there is no plate around it'
          : `the axes of ${plates.map((p) => `plate '${p.name}'`).join(', ')}`
      }${layout.particles > 1 ? ` under ${layout.particles} particles` : ''}`,
      received: `${familyName(distribution)} with batch shape ${showShape(distribution.batchShape)}`,
      cure:
        distribution.batchShape.length <= batchShapeAt(layout, plates).length
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
      expected: `a value that fits ${familyName(distribution)}`,
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
): Draw => {
  const { preimage } = distribution.sampler;
  const pair = push === undefined ? preimage?.draw(noise) : undefined;
  const pushed = pair?.value ?? (push ?? distribution.sampler.push)(noise);
  const value = overBatch(pushed, distribution.eventShape.length, batch);
  const carries = push !== undefined || isReparameterised(distribution.sampler.gradient);
  const passed = (x: Tensor): Tensor => (carries ? x : cutOff(x));
  return {
    noise,
    ...(pair &&
      preimage && {
        point: {
          map: preimage.map,
          eventRank: preimage.eventRank,
          x: passed(overBatch(pair.x, preimage.eventRank, batch)),
        },
      }),
    // A fresh tensor even for a point mass, whose draw is its parameter: values identify sites.
    value: carries ? tf.clone(value) : cutOff(value),
  };
};

/** Draws a site's value at every particle and plate element. */
export const drawSite = (
  site: string,
  distribution: Distribution,
  layout: Layout,
  plates: readonly PlacedPlate[],
  source: NoiseSource,
  options: DrawOptions = {},
): Draw => {
  const batch = batchShapeAt(layout, plates);
  const noise = distribution.sampler.noise.map((n, i) =>
    source(noiseName('site', site), i, n, batch),
  );
  return drawFrom(distribution, batch, noise, options);
};

/** Rows of a layer: the left axes of what it is given. */
interface Rows {
  /** The layer, for people. */
  readonly who: string;
  readonly rows: Shape;
  /** What tells the layer that an axis belongs to each row. */
  readonly own: string;
}

/**
 * The axes that are rows: all of a single run's, and those where plates lie, right of particles and summed
 * values, of another. Throws where these cannot be told apart: an axis of one kind would be taken for another's.
 */
const rowsIn = (
  { who, rows, own }: Rows,
  layout: Layout,
  plates: readonly PlacedPlate[],
): Shape => {
  const { particles, enumerated } = layout;
  const isSingle = particles === 1 && enumerated === 0;
  const around = platesShape(plates);
  const depth = Math.max(layout.depth, around.length);
  const inner = isSingle ? rows : rows.slice(Math.max(0, rows.length - depth));
  const left = rows.slice(0, rows.length - inner.length);
  const refused = (expected: string, cure: string): never => {
    throw new SiteError({ site: who, expected, received: `rows ${showShape(rows)}`, cure });
  };
  const inPlate = `Count the axes of one row among its own: ${own}.`;
  const hasOwn = plates.length > 0 && isSingle && rows.length > around.length;
  if (hasOwn || broadcast(around, inner) === undefined) {
    return refused(
      `rows that broadcast to ${showShape(around)}, the plates around`,
      plates.length > 0 ? inPlate : 'Put what the rows are of in a plate.',
    );
  }
  const [along = 1] = particles === 1 ? [] : left.slice(-1);
  const summed = particles === 1 ? left.length : left.length - 1;
  if ((along !== 1 && along !== particles) || summed > enumerated) {
    return refused(
      `no axes but those of ${particles} particles, summed values and plates`,
      plates.length > 0 ? inPlate : 'Put what the rows are of in a plate.',
    );
  }
  if (particles === 1 && depth === 0 && left.length > 0) {
    return refused(
      'rows in a plate, for outside they look as values that are summed over do',
      'Put what the rows are of in a plate.',
    );
  }
  return inner;
};

/** Draws noise, or gives what stands for it; `from` is the first of its blocks that is not used yet. */
export const drawNoise = (
  { name, distribution, evaluation, evaluating, rows }: NoiseInstruction,
  layout: Layout,
  plates: readonly PlacedPlate[],
  source: NoiseSource,
  from: number,
): Draw => {
  const around = batchShapeAt(layout, plates);
  if (evaluating && evaluation !== undefined) {
    // What is the same for all rows broadcasts to them.
    const batch = rows === undefined ? around : [];
    return { value: expandTo(evaluation, [...batch, ...distribution.eventShape]), noise: [] };
  }
  const who = { who: `noise '${name}'`, rows: rows ?? [], own: 'pass axes, 3 for images' };
  const batch = broadcast(around, rowsIn(who, layout, plates)) ?? around;
  const noise = distribution.sampler.noise.map((n, i) =>
    source(noiseName('noise', name), from + i, n, batch),
  );
  return drawFrom(distribution, batch, noise);
};

/** The mean over the axes of rows, kept with length 1. At evaluation nothing asks for it. */
export const rowMean = (
  { name, value, eventRank, evaluating }: RowMeanInstruction,
  layout: Layout,
  plates: readonly PlacedPlate[],
): Tensor => {
  if (evaluating) return value;
  const left = dropLast(value.shape, eventRank);
  const who = `batchNorm '${name}'`;
  const rows = rowsIn({ who, rows: left, own: 'pass pooled, 2 for images' }, layout, plates).length;
  if (rows === 0 && left.length > 0) {
    throw new SiteError({
      site: who,
      expected: 'rows to take a mean over, besides particles and summed values',
      received: `shape ${showShape(value.shape)}`,
      cure: 'Put what the rows are of in a plate.',
    });
  }
  const end = value.rank - eventRank;
  return rows === 0
    ? value
    : tf.mean(
        value,
        Array.from({ length: rows }, (_, i) => end - rows + i),
        true,
      );
};

/**
 * Every value of a finite support along an axis of its own, left of `batchRank + slot` axes.
 */
export const enumerateSite = (
  distribution: Distribution,
  layout: Layout,
  slot: number,
): Tensor | undefined => {
  const listed = distribution.sampler.enumeration;
  if (listed === undefined) return undefined;
  const ones = Array.from({ length: batchRank(layout) + slot }, () => 1);
  return tf.reshape(listed.values(), [listed.count, ...ones, ...distribution.eventShape]);
};
