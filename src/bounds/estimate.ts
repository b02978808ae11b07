/**
 * The estimate of an expectation of terms under the guide, with a surrogate whose gradient is
 * unbiased where the sites' estimators are.
 *
 * Terms are differentiated as they are, and each site's estimator adds what it has to: of a score function
 * stop(cost_i − baseline_i) · log q_i, where cost_i sums the terms that depend on site i, kept apart along
 * the plates that i shares with them (`site-cost.ts`): elements of a plate are independent, so other elements'
 * terms would add variance and no signal.
 * Source: Schulman et al., Gradient Estimation Using Stochastic Computation Graphs, theorem 1,
 * arXiv:1506.05254; Kool et al. 2019, Buy 4 REINFORCE Samples, Get a Baseline for Free!
 */
import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor } from '../../dsl/index.js';
import { plateScale } from '../../dsl/program/layout.js';
import { sameShape, showShape } from '../../dsl/tensors/shape.js';
import type { Derivation, TermDerivation } from './derivation.js';
import type { Joint } from './joint.js';
import type { Carry } from './carry.js';
import type { Estimate } from './objective.js';
import type { EvaluatedTerm } from './other-values.js';
import { siteCost } from './site-cost.js';
import { average, rawTerm, sumEnumerated } from './terms.js';

const termKey = (term: TermDerivation): string => `${term.kind} ${term.site}`;

/** A term times its weight, which may not have more entries: the term would count once for each. */
const weighted = (term: TermDerivation, value: Tensor, weight: number | Tensor): Tensor => {
  const product = tf.mul(value, weight);
  if (sameShape(product.shape, value.shape)) return product;
  throw new SiteError({
    site: `the weight of ${termKey(term)}`,
    expected: `a shape that broadcasts to the term's, ${showShape(value.shape)}`,
    received: typeof weight === 'number' ? 'a number' : showShape(weight.shape),
    cure: 'Give a number or a scalar, or one weight for each element of its plates.',
  });
};

/**
 * Estimates Σ terms under the guide. `weight` multiplies a term in value and gradient alike, as an
 * annealed bound does; a term of weight 0 is left out, whatever it is.
 *
 * @example
 * ```ts
 * const bound = elbo();
 * const annealed = {
 *   ...bound,
 *   estimate: (joint: Joint) => estimateTerms(joint, ({ kind }) => (kind === 'kl' ? 0.5 : 1)),
 * };
 * const inference = svi({
 *   model: () => sample('z', normal(0, 1)),
 *   guide: () => sample('z', normal(2, 1)),
 *   objective: annealed,
 *   optimizer: sgd(0.1),
 * });
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 1
 * ```
 */
export const estimateTerms = (
  joint: Joint,
  weight: (term: TermDerivation) => number | Tensor = () => 1,
): Estimate => {
  const evaluated = joint.derivation.terms.flatMap((term): readonly EvaluatedTerm[] => {
    const factor = weight(term);
    if (factor === 0) return [];
    const raw = sumEnumerated(joint, term, rawTerm(joint, term));
    const scale = liveScale(joint, term);
    const value = scale === 1 ? raw : tf.mul(raw, scale);
    return [{ term, factor, value: factor === 1 ? value : weighted(term, value, factor) }];
  });
  const sum = (xs: readonly Tensor[]): Tensor =>
    xs.reduce<Tensor>((a, b) => tf.add(a, b), tf.scalar(0));
  const averages = evaluated.map(({ term, value }) => ({ term, value: average(joint, value) }));
  const { latents } = joint.derivation;
  // The score of log q_i has mean zero, so the own entropy of a fixed draw adds variance and no signal.
  const fixed = new Set(latents.filter((l) => l.estimator.draws === 'fixed').map((l) => l.name));
  const differentiable = averages.filter(
    ({ term }) => !(term.kind === 'entropy' && fixed.has(term.site)),
  );
  const added = latents.flatMap(
    ({ name, estimator }) => estimator.surrogate?.(siteCost(joint, name, evaluated)) ?? [],
  );
  const carry = added.reduce<Carry>((all, { carry: own }) => ({ ...all, ...own }), {});
  return {
    value: sum(averages.map(({ value }) => value)),
    surrogate: sum([
      ...differentiable.map(({ value }) => value),
      ...added.map(({ surrogate }) => surrogate),
    ]),
    terms: Object.fromEntries(averages.map(({ term, value }) => [termKey(term), value])),
    ...(Object.keys(carry).length > 0 && { carry }),
  };
};

/**
 * What the estimators of a bound remember before the first step, such as running averages: the `carry` of
 * an objective that calls `estimateTerms`.
 *
 * @example
 * ```ts
 * const bits = () => sample('z', bernoulli({ probs: 0.5 }));
 * const bound = elbo({ estimators: { z: scoreFunction({ baseline: 'runningAverage' }) } });
 * Object.keys(estimatorCarry(derive(bits(), bits(), bound))); // ['average cost z']
 * ```
 */
export const estimatorCarry = ({ latents }: Pick<Derivation, 'latents'>): Carry =>
  latents.reduce<Carry>((all, { name, estimator }) => ({ ...all, ...estimator.carry?.(name) }), {});

/** The plates' scale on this run: the last minibatch may be shorter than the one derived from. */
const liveScale = (joint: Joint, term: TermDerivation): number => {
  const record = joint.model.records.find((r) => r.name === term.site);
  return plateScale(record?.plates ?? []);
};
