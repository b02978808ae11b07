/**
 * The estimate of an expectation of terms under the guide, with a surrogate whose gradient is
 * unbiased whatever the sites' estimators.
 *
 * Pathwise and enumerated sites are differentiated through the terms themselves. For a site i with
 * only a score, the surrogate gains stop(cost_i − baseline_i) · log q_i, where cost_i sums the terms
 * that depend on i, kept apart along the plates that i shares with them: elements of a plate are
 * independent, so other elements' terms would add variance and no signal.
 * A measure-valued site gains its costs at other values times their weights (`measure-valued.ts`).
 * Source: Schulman et al., Gradient Estimation Using Stochastic Computation Graphs, theorem 1,
 * arXiv:1506.05254; Kool et al. 2019, Buy 4 REINFORCE Samples, Get a Baseline for Free!
 */
import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor, stopGradient } from '../../dsl/index.js';
import type { PlacedPlate } from '../../dsl/program/layout.js';
import { plateScale } from '../../dsl/program/layout.js';
import { sameShape, showShape } from '../../dsl/tensors/shape.js';
import { centred } from './estimators/baseline.js';
import type { Estimator, TermDerivation } from './derivation.js';
import type { Joint, Memory } from './joint.js';
import { type WeighedTerm, measureTerm } from './estimators/measure-valued.js';
import type { Estimate } from './objective.js';
import { average, guideLogLaw, rawTerm, sumEnumerated, sumPlates } from './terms.js';

interface Scored {
  readonly name: string;
  readonly estimator: Extract<Estimator, { readonly tag: 'score' }>;
}

interface Evaluated extends WeighedTerm {
  /** Scaled, enumerated sites summed out: `[particles, ...plates]`. */
  readonly value: Tensor;
}

const termKey = (term: TermDerivation): string => `${term.kind} ${term.site}`;

/**
 * The axes along which a term's element depends on its own element of a site only: those of the
 * plates that both lie in, unless the site reaches the term through one that lies outside.
 */
const sharedAxes = (
  joint: Joint,
  site: string,
  plates: readonly PlacedPlate[],
  term: TermDerivation,
): readonly number[] => {
  const between = joint.derivation.terms.filter(
    (t) => t.site !== site && term.dependsOn.includes(t.site) && t.dependsOn.includes(site),
  );
  return plates
    .filter((p) => [term, ...between].every((t) => t.plates.some((other) => other.name === p.name)))
    .map((p) => p.axis);
};

/** What a site that only has a score adds to the surrogate, and what its baseline remembers. */
const scoreTerm = (
  joint: Joint,
  { name: site, estimator }: Scored,
  terms: readonly Evaluated[],
): { readonly surrogate: Tensor; readonly memory: Memory } => {
  const logQ = guideLogLaw(joint, site);
  const own = joint.guide.records.find((r) => r.name === site)?.plates ?? [];
  const cost = terms
    .filter(({ term }) => term.dependsOn.includes(site))
    .map(({ term, value }) =>
      sumPlates(joint, stopGradient(value), sharedAxes(joint, site, own, term)),
    )
    .reduce<Tensor>((a, b) => tf.add(a, b), tf.zerosLike(logQ));
  const { signal, regression, memory = {} } = centred(joint, site, estimator, cost);
  const score = average(joint, tf.mul(stopGradient(signal), logQ));
  return { surrogate: regression === undefined ? score : tf.add(score, regression), memory };
};

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
  const scored = joint.derivation.latents.flatMap(({ name, estimator }): readonly Scored[] =>
    estimator.tag === 'score' ? [{ name, estimator }] : [],
  );
  const measured = joint.derivation.latents
    .filter((l) => l.estimator.tag === 'measureValued')
    .map((l) => l.name);
  const evaluated = joint.derivation.terms.flatMap((term): readonly Evaluated[] => {
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
  // The score of log q_i has mean zero, so the own entropy of such a site adds variance and no signal.
  const fixed = new Set([...scored.map((s) => s.name), ...measured]);
  const differentiable = averages.filter(
    ({ term }) => !(term.kind === 'entropy' && fixed.has(term.site)),
  );
  const scores = scored.map((s) => scoreTerm(joint, s, evaluated));
  const memory = scores.reduce<Memory>((all, s) => ({ ...all, ...s.memory }), {});
  return {
    value: sum(averages.map(({ value }) => value)),
    surrogate: sum([
      ...differentiable.map(({ value }) => value),
      ...scores.map((s) => s.surrogate),
      ...measured.map((name) => measureTerm(joint, name, evaluated)),
    ]),
    terms: Object.fromEntries(averages.map(({ term, value }) => [termKey(term), value])),
    ...(Object.keys(memory).length > 0 && { memory }),
  };
};

/** The plates' scale on this run: the last minibatch may be shorter than the one derived from. */
const liveScale = (joint: Joint, term: TermDerivation): number => {
  const record = joint.model.records.find((r) => r.name === term.site);
  return plateScale(record?.plates ?? []);
};
