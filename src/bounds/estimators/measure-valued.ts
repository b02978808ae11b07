/**
 * The measure-valued gradient of a site: model and guide are run again with other values in place of
 * its draw, all side by side along an axis of their own, and each value's cost multiplies the
 * derivative of its weight. Sites after it are drawn again, from the same noise.
 */
import * as tf from '@tensorflow/tfjs';
import { type Noise, SiteError, type Tensor, choose, greater } from '../../../dsl/index.js';
import { siteLabel } from '../../../dsl/error.js';
import { cutOff } from '../../../dsl/tensors/gradient.js';
import { plateScale, platesShape } from '../../../dsl/program/layout.js';
import { broadcastAll } from '../../../dsl/tensors/shape.js';
import { expandTo } from '../../../dsl/tensors/tensor.js';
import { type SampleRecord, samplesOf } from '../../interpreters/record.js';
import type { TermDerivation } from '../derivation.js';
import { type Joint, drawJoint, optionsOfDraw, recordFrom } from '../joint.js';
import { noiseName } from '../../random/noise-source.js';
import { average, rawTerm, sumEnumerated } from '../terms.js';
import { weighedDraws } from './weak-derivative.js';

/** A term with what it is multiplied by. */
export interface WeighedTerm {
  readonly term: TermDerivation;
  readonly factor: number | Tensor;
}

/** Noise for a site beside that of its draw: as many numbers as its event has cells. */
const cellNoise =
  ({ source, derivation, draws }: Joint, { name, distribution, plates }: SampleRecord) =>
  (block: number, { law, shape }: Noise): Tensor =>
    optionsOfDraw(derivation, draws, source).noise(
      noiseName('site', name),
      distribution.sampler.noise.length + block,
      { law, shape: [...distribution.eventShape, ...shape] },
      platesShape(plates),
    );

/** `[C, ...plates]` with every plate but the site's own summed. */
const keepPlates = (x: Tensor, { plates }: SampleRecord, depth: number): Tensor => {
  const axes = Array.from({ length: depth }, (_, i) => i - depth).filter(
    (axis) => !plates.some((p) => p.axis === axis),
  );
  return axes.length === 0 ? x : tf.sum(x, axes, true);
};

/** The axis of the values that are compared, left of all axes that one of them has for all draws. */
const valuesFirst = (all: Tensor, axes: number): Tensor =>
  axes === 0
    ? all
    : tf.transpose(all, [
        axes,
        ...Array.from({ length: all.rank }, (_, i) => i).filter((i) => i !== axes),
      ]);

/** `[C, particles, ...plates]` of what one draw has as `[C, ...plates]`; no site that is summed over moves it. */
const ofAllDraws = ({ draws, layout }: Joint, one: Tensor): Tensor => {
  const [count = 1, ...plates] = one.shape;
  const all = valuesFirst(draws.all(one), draws.sizes.length);
  const particles = layout.particles > 1 ? [all.shape[draws.sizes.length] ?? 1] : [];
  const between = Array.from({ length: Math.max(0, layout.depth - plates.length) }, () => 1);
  return tf.reshape(all, [count, ...particles, ...between, ...plates]);
};

/** Costs with 0 at values of chance 0, where −log q is ∞: as in a sum over all values. */
const possibleAlone = (cost: Tensor, chances: Tensor | undefined): Tensor => {
  if (chances === undefined) return cost;
  const shape = broadcastAll('possibleAlone', [cost.shape, chances.shape]);
  const possible = greater(chances, tf.scalar(0));
  return choose(possible, expandTo(cost, shape), tf.zeros([...shape]));
};

/** A scalar whose gradient is the site's, by the terms that depend on it. */
export const measureTerm = (joint: Joint, site: string, terms: readonly WeighedTerm[]): Tensor => {
  const { source, layout, derivation, draws } = joint;
  const record = recordFrom(samplesOf(joint.guide.records), site);
  const weak = draws.each(() =>
    weighedDraws(record.distribution, cutOff(record.value), cellNoise(joint, record)),
  );
  if (weak === undefined) {
    throw new SiteError({
      site: siteLabel(site),
      expected: 'the family that the bound was derived for',
      received: 'one whose weak derivative is not known',
      cure: 'Keep the family of a site the same on every run.',
    });
  }
  const others = drawJoint(
    source.model,
    source.guide,
    derivation,
    { ...source, parameter: (i) => cutOff(source.parameter(i)) },
    { site, values: valuesFirst(draws.all(weak.values), draws.sizes.length) },
  );
  const costs = terms
    .filter(({ term }) => term.dependsOn.includes(site))
    .map(({ term, factor }) => {
      const summed = sumEnumerated(others, term, rawTerm(others, term), 1);
      const placed = others.model.records.find((r) => r.name === term.site);
      const scaled = tf.mul(summed, plateScale(placed?.plates ?? []));
      return keepPlates(tf.mul(scaled, factor), record, layout.depth);
    });
  const weights = ofAllDraws(joint, weak.weights);
  const cost = possibleAlone(
    costs.reduce<Tensor>((a, b) => tf.add(a, b), tf.scalar(0)),
    weak.areChances ? weights : undefined,
  );
  // The weights' derivatives sum to 0, so what all costs share is taken away before it is rounded.
  const signal = cost.rank === 0 ? cost : tf.sub(cost, tf.mean(cost, 0, true));
  return average(joint, tf.mul(cutOff(signal), weights));
};
