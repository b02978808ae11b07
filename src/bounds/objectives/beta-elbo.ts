import type { Tensor } from '../../../dsl/index.js';
import { entryOf } from '../../../dsl/records/dictionary.js';
import { estimateTerms } from '../estimate.js';
import type { Joint } from '../joint.js';
import type { TermDerivation } from '../derivation.js';
import type { Objective } from '../objective.js';
import {
  demand,
  type Rule,
  checkOptions,
  oneOf,
  required,
  whole,
} from '../../../dsl/refusals/options.js';
import { type ElboOptions, elbo } from './elbo.js';
import { type GradientNeeded, preferenceRules } from './options.js';

/** What a divergence is multiplied by: a number, or a function of the steps taken, from 0. */
export type Beta = number | ((step: Tensor) => Tensor);

/** One for every site, or by site. */
export type Betas = Beta | Readonly<Record<string, Beta>>;

/** The options of `elbo`, but for sticking the landing, and β: for every site, or by site. */
export interface BetaElboOptions<
  G extends 'any' | 'pathwise' = 'any' | 'pathwise',
  S extends string = string,
  W extends Betas = Betas,
> extends ElboOptions<G, S> {
  /** Of a site that is not named it is 1. */
  readonly beta: W;
}

const isBeta = (beta: Betas): beta is Beta =>
  typeof beta === 'number' || typeof beta === 'function';

const betaOf = (beta: Betas, site: string): Beta =>
  isBeta(beta) ? beta : (entryOf(beta, site) ?? 1);

const atStep = (beta: Beta, { source }: Joint): number | Tensor => {
  if (typeof beta === 'number') return beta;
  if (source.step !== undefined) return beta(source.step);
  throw new Error(
    'betaElbo: expected to be told how many steps were taken, which a schedule of beta needs, but ' +
      'was not; give numbers for beta where no steps are counted.',
  );
};

const weight = (beta: Betas, { kind, site }: TermDerivation, joint: Joint): number | Tensor => {
  switch (kind) {
    case 'kl':
    case 'logPrior':
    case 'entropy':
      return atStep(betaOf(beta, site), joint);
    case 'logLikelihood':
    case 'factor':
      return 1;
  }
};

const written = (beta: Beta): string => (typeof beta === 'number' ? String(beta) : 'β(step)');

const writtenAll = (beta: Betas): string | Readonly<Record<string, string>> =>
  isBeta(beta)
    ? written(beta)
    : Object.fromEntries(Object.entries(beta).map(([site, b]) => [site, written(b)]));

const betas: Rule = {
  expected: 'a number, a function of the step, or those by site',
  holds: (beta) =>
    typeof beta === 'number' ||
    typeof beta === 'function' ||
    (typeof beta === 'object' &&
      beta !== null &&
      Object.values(beta).every((b: unknown) => typeof b === 'number' || typeof b === 'function')),
  cure: 'pass beta: 1 for the ELBO, or beta: { z: 2 }',
};

const checked = (beta: Beta): Beta => {
  if (typeof beta === 'number') {
    const valid = Number.isFinite(beta) && beta >= 0;
    demand(valid, 'betaElbo', 'beta to be at least 0', beta, 'pass 1 for the ELBO');
  }
  return beta;
};

/**
 * The β-ELBO, E_q[log p(x | z)] − Σ_z β_z KL(q(z) ‖ p(z)), in nats, maximised: divergences count more
 * or less than likelihoods. Annealing is a β that depends on the step.
 *
 * - Estimated as `elbo` is. A divergence that is sampled is log q − log p at the draw, times β. With
 *   β = 0 the divergence is left out.
 * - A lower bound on log p(x) where every β is at least 1, for then it is below the ELBO.
 * - Gradient: unbiased.
 * - Errors: a β below 0 is a `RangeError`, one for a site that is not there a `SiteError`; a schedule
 *   where no steps are counted throws.
 * - Source: Higgins et al. 2017, β-VAE, https://openreview.net/forum?id=Sy2fzU9gl; annealing in
 *   Bowman et al. 2016, Generating Sentences from a Continuous Space, arXiv:1511.06349.
 *
 * @example
 * ```ts
 * const guide = () => sample('z', normal(2, 1));
 * const inference = svi({
 *   model: () => sample('z', normal(0, 1)),
 *   guide,
 *   objective: betaElbo({ beta: { z: 0.5 } }),
 *   optimizer: sgd(0.1),
 * });
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 1
 * ```
 */
export function betaElbo<
  const W extends Betas,
  const G extends 'any' | 'pathwise' = 'any',
  const S extends string = never,
>(
  given: BetaElboOptions<G, S, W>,
): Objective<
  { readonly support: 'within'; readonly gradient: GradientNeeded<G> },
  S | (W extends Beta ? never : keyof W & string)
>;
export function betaElbo(given: BetaElboOptions): Objective {
  checkOptions<BetaElboOptions>('betaElbo', given, {
    ...preferenceRules,
    particles: whole(),
    gradient: oneOf('any', 'pathwise'),
    beta: required(betas),
  });
  const { beta, ...options } = given;
  const all = isBeta(beta) ? [checked(beta)] : Object.values(beta).map(checked);
  const plain = elbo(options);
  return {
    ...plain,
    name: 'betaElbo',
    sites: isBeta(beta) ? [] : Object.keys(beta),
    meaning: {
      ...plain.meaning,
      bound: all.every((b) => typeof b === 'number' && b >= 1) ? 'lower' : 'none',
      tight: all.every((b) => b === 1),
    },
    notation: { symbol: 'β-ELBO', divergence: writtenAll(beta) },
    estimate: (joint) => estimateTerms(joint, (term) => weight(beta, term, joint)),
  };
}
