/**
 * What a site's cost is at other values: model and guide are run again with them in place of its draw, all
 * side by side along an axis of their own. Sites after it are drawn again, from the same noise.
 */
import * as tf from '@tensorflow/tfjs';
import type { Noise, Tensor } from '../../dsl/index.js';
import { cutOff } from '../../dsl/tensors/gradient.js';
import { plateScale, platesShape } from '../../dsl/program/layout.js';
import { type SampleRecord, samplesOf } from '../interpreters/record.js';
import type { TermDerivation } from './derivation.js';
import type { Compared, SiteCost } from './estimators/estimator.js';
import { type Joint, drawJoint, optionsOfDraw, recordFrom } from './joint.js';
import { noiseName } from '../random/noise-source.js';
import { rawTerm, sumEnumerated } from './terms.js';

/** A term at a joint draw, and what it is multiplied by. */
export interface EvaluatedTerm {
  readonly term: TermDerivation;
  readonly factor: number | Tensor;
  /** Scaled, enumerated sites summed out: `[particles, ...plates]`. */
  readonly value: Tensor;
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

/** The costs of a site, by the terms that depend on it. */
export const costsAtOthers = (
  joint: Joint,
  site: string,
  terms: readonly EvaluatedTerm[],
  values: Parameters<SiteCost['compared']>[0],
): Compared | undefined => {
  const { source, layout, derivation, draws } = joint;
  const record = recordFrom(samplesOf(joint.guide.records), site);
  const weak = draws.each(() =>
    values(record.distribution, cutOff(record.value), cellNoise(joint, record)),
  );
  if (weak === undefined) return undefined;
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
  return {
    costs: costs.reduce<Tensor>((a, b) => tf.add(a, b), tf.scalar(0)),
    weights: ofAllDraws(joint, weak.weights),
    areChances: weak.areChances,
  };
};
