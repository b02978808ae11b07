/**
 * The estimate of a bound that is a function of importance weights, f(log w_1, …, log w_K) for each
 * datum, with a surrogate whose gradient is that of its expectation.
 *
 * Draws that carry the gradient are differentiated through f. For a site with only a score the
 * surrogate gains Σ_k stop(f − f₋ₖ) · log q(z_k), where f₋ₖ is f with the weight of particle k
 * replaced by the geometric mean of the others: it does not depend on particle k.
 * Source: Mnih and Rezende 2016, Variational Inference for Monte Carlo Objectives, arXiv:1602.06725.
 */
import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor, choose, equal, stopGradient } from '../../../dsl/index.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import { sameShape, showShape } from '../../../dsl/tensors/shape.js';
import type { Joint } from '../joint.js';
import { logWeights, sumLogProbs, sumOverData } from './log-weights.js';
import { once } from '../../../dsl/records/once.js';
import type { WeightSignal } from '../estimators/estimator.js';
import type { Estimate } from '../objective.js';
import type { SampleRecord } from '../../interpreters/record.js';
import { unmasked } from '../../interpreters/score-record.js';

/** What rests on a cost of one particle has no meaning here, and would be left out without a word. */
const checkEstimators = ({ derivation: { latents, objective } }: Joint): void => {
  for (const { name, estimator: e } of latents) {
    if (e.surrogate === undefined || e.ofWeights !== undefined) continue;
    throw new SiteError({
      site: siteLabel(name),
      expected: 'an estimator for a function of the weights of all particles at once',
      received: `one for a cost of a single particle, under ${objective}`,
      cure: "Ask for scoreFunction() with the baseline 'leaveOneOut' or 'none' there, or use elbo.",
    });
  }
};

/** A reduction that keeps the particles, or drops the data, would count them more or less than once. */
const checkReduced = (weights: Tensor, bound: Tensor): void => {
  const expected = weights.shape.slice(1);
  if (sameShape(bound.shape, expected)) return;
  throw new SiteError({
    site: 'the reduction of estimateWeights',
    expected: `shape ${showShape(expected)} of weights ${showShape(weights.shape)}, one number for each datum`,
    received: showShape(bound.shape),
    cure: 'Reduce the first axis alone, as (w) => tf.max(w, 0) does.',
  });
};

/** The same weights K times, `[K, K, ...]`: in column k that of particle k is the mean of the others. */
const leftOut = (weights: Tensor): Tensor => {
  const particles = weights.shape[0] ?? 1;
  const ones = weights.shape.slice(1).map(() => 1);
  const own = tf.reshape(tf.eye(particles), [particles, particles, ...ones]);
  const each = tf.expandDims(weights, 1);
  // Summed without its own rather than subtracted from the sum: a weight of 0 would give NaN.
  const others = tf.div(tf.sum(choose(own, tf.zerosLike(each), each), 0, true), particles - 1);
  return choose(own, others, each);
};

/** The bound for each particle, `[K, ...]`, and f − f₋ₖ. */
const signalOf = (
  weights: Tensor,
  bound: Tensor,
  reduce: (weights: Tensor) => Tensor,
  ofOthers: ((weights: Tensor) => Tensor) | undefined,
): WeightSignal => {
  const each = tf.add(tf.expandDims(bound, 0), tf.zerosLike(weights));
  const gain = once(() => {
    if (weights.shape[0] === 1) return each;
    const without = ofOthers === undefined ? reduce(leftOut(weights)) : ofOthers(weights);
    // Others that are all impossible are no baseline, and which they are does not depend on k.
    const none = equal(without, tf.fill(without.shape, -Infinity));
    return tf.sub(each, choose(none, tf.zerosLike(without), without));
  });
  return {
    bound: each,
    get gain() {
      return gain();
    },
  };
};

/** The guide's draws by what their log q is multiplied by. */
const scoredBy = (
  joint: Joint,
  signal: WeightSignal,
): ReadonlyMap<Tensor, readonly SampleRecord[]> => {
  const found = new Map<Tensor, readonly SampleRecord[]>();
  for (const { name, estimator } of joint.derivation.latents) {
    const factor = estimator.ofWeights?.(signal);
    const record = joint.guide.records.find((r) => r.kind === 'sample' && r.name === name);
    if (factor === undefined || record?.kind !== 'sample') continue;
    found.set(factor, [...(found.get(factor) ?? []), unmasked(record)]);
  }
  return found;
};

/**
 * Estimates E f(log w) summed over data, w the importance weights of a joint draw.
 *
 * `reduce` takes log weights `[K, ...]` to `[...]` along the first axis and treats every column
 * alike; a mean, or `logPowerMean`. `ofOthers` takes them to `[K, ...]`: for each particle the
 * reduction with the geometric mean of the others in its place, which is what a score function of the
 * baseline `leaveOneOut` asks. Where it is left out, `reduce` is given K² weights for each datum.
 *
 * @example
 * ```ts
 * const largest = {
 *   ...iwae({ particles: 4 }),
 *   estimate: (joint: Joint) => estimateWeights(joint, (w) => tf.max(w, 0)),
 * };
 * const inference = svi({
 *   model: () => condition(
 *     program(function* () {
 *       const z = yield* sample('z', normal(0, 1));
 *       yield* sample('x', normal(z, 1));
 *     }),
 *     { x: 5 },
 *   ),
 *   guide: () => sample('z', normal(2.5, Math.SQRT1_2)),
 *   objective: largest,
 *   optimizer: sgd(0.1),
 * });
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 7.5155
 * ```
 */
export const estimateWeights = (
  joint: Joint,
  reduce: (logWeights: Tensor) => Tensor,
  ofOthers?: (logWeights: Tensor) => Tensor,
): Estimate => {
  const weights = logWeights(joint);
  const bound = reduce(weights);
  checkReduced(weights, bound);
  const value = sumOverData(joint, bound);
  checkEstimators(joint);
  const scores = [...scoredBy(joint, signalOf(weights, bound, reduce, ofOthers))].map(
    ([factor, sites]) =>
      sumOverData(joint, tf.mul(stopGradient(factor), sumLogProbs(joint, sites))),
  );
  return {
    value,
    surrogate: scores.reduce<Tensor>((a, b) => tf.add(a, b), value),
    terms: {},
  };
};
