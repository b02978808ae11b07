/** Gradient estimators as values: what a user asks for at a site, in `elbo({ estimators: … })`. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import {
  demand,
  type Rule,
  anything,
  checkOptions,
  required,
} from '../../../dsl/checks/options.js';

/** A temperature: a number above 0, or a function of the steps taken, from 0. */
export type Temperature = number | ((step: Tensor) => Tensor);

/** What is subtracted from a score's cost. It must not depend on the draw that it is a baseline of. */
export type Baseline =
  | { readonly baseline: 'none' | 'leaveOneOut' }
  /** avg ← beta · avg + (1 − beta) · cost, over the steps. */
  | { readonly baseline: 'runningAverage'; readonly beta: number }
  /** The value of a `deterministic` site of the guide, trained to predict the cost. */
  | { readonly baseline: 'network'; readonly site: string };

/** How the expectation over one site is to be differentiated. */
export type SiteEstimator =
  | { readonly tag: 'pathwise' }
  | { readonly tag: 'implicit' }
  | { readonly tag: 'enumerate' }
  | ({ readonly tag: 'score' } & Baseline)
  | { readonly tag: 'measureValued' }
  | { readonly tag: 'gumbelSoftmax'; readonly temperature: Temperature }
  | { readonly tag: 'straightThrough'; readonly temperature?: Temperature };

/** The estimators of some sites, by name; the others get the engine's own choice. */
export type SiteEstimators<S extends string = string> = Readonly<Record<S, SiteEstimator>>;

/**
 * The gradient through the draw, z = g(ε, φ): E_ε ∂f(g(ε, φ))/∂φ.
 *
 * - Unbiased. For families that are reparameterised.
 * - Source: Kingma and Welling 2014, section 2.4, arXiv:1312.6114.
 *
 * @example
 * ```ts
 * pathwise(); // { tag: 'pathwise' }
 * ```
 */
export const pathwise = (): SiteEstimator => ({ tag: 'pathwise' });

/**
 * The gradient through the draw, by the implicit function theorem: for families whose sampler says
 * so.
 *
 * - Unbiased.
 * - Source: Figurnov et al. 2018, Implicit Reparameterization Gradients, arXiv:1805.08498.
 *
 * @example
 * ```ts
 * implicit(); // { tag: 'implicit' }
 * ```
 */
export const implicit = (): SiteEstimator => ({ tag: 'implicit' });

/**
 * The expectation summed over every value of a finite support: Σ_z q(z) f(z).
 *
 * - Exact: no bias and no variance of its own.
 *
 * @example
 * ```ts
 * enumeration(); // { tag: 'enumerate' }
 * ```
 */
export const enumeration = (): SiteEstimator => ({ tag: 'enumerate' });

/** Estimators by site, as an option. */
export const estimatorsBySite: Rule = {
  expected: 'estimators by site',
  holds: (estimators) =>
    typeof estimators === 'object' &&
    estimators !== null &&
    Object.values(estimators).every(
      (e: unknown) => typeof e === 'object' && e !== null && 'tag' in e,
    ),
  cure: 'pass { z: scoreFunction() }, say',
};

/** The baseline of a score function. */
export interface ScoreOptions {
  /**
   * `leaveOneOut`, the mean of the other particles, where there are two or more, is what is taken
   * where nothing is said; `runningAverage` the decaying average of the cost over the steps; a site,
   * a `deterministic` of the guide that predicts the cost.
   */
  readonly baseline?: 'none' | 'leaveOneOut' | 'runningAverage' | { readonly site: string };
  /** How slowly the running average forgets, in [0, 1); 0.9 where it is left out. */
  readonly beta?: number;
}

const baselines: Rule = {
  expected: "'none', 'leaveOneOut', 'runningAverage' or { site }",
  holds: (baseline) =>
    baseline === 'none' ||
    baseline === 'leaveOneOut' ||
    baseline === 'runningAverage' ||
    (typeof baseline === 'object' &&
      baseline !== null &&
      Object.keys(baseline).join() === 'site' &&
      Object.values(baseline).every((site: unknown) => typeof site === 'string')),
  cure: 'correct its spelling',
};

const checkBeta = (beta: number): number => {
  const valid = beta >= 0 && beta < 1;
  demand(valid, 'scoreFunction', 'beta to be at least 0 and less than 1', beta, 'pass 0.9, say');
  return beta;
};

/**
 * The score function, or REINFORCE: (f(z) − b) ∂ log q(z) / ∂φ, with a baseline b.
 *
 * - Unbiased for any baseline that does not depend on z. Each site's f has only the terms that
 *   depend on it, apart for each element of the plates that they share.
 * - A network is a program of the guide that ends in `deterministic(name, …)`: one number for each
 *   element of the site's plates. It is trained by −½ (stop(cost) − b)², which reaches only the
 *   parameters that nothing else uses; what it shares with the guide is a constant to it.
 * - A running average is one number for each site, taken before the step that it serves.
 * - Errors: a beta outside [0, 1) is a `RangeError`.
 * - Source: Williams 1992, doi:10.1007/BF00992696; Mnih and Gregor 2014, Neural Variational Inference
 *   and Learning, arXiv:1402.0030; Kool et al. 2019, Buy 4 REINFORCE Samples, Get a Baseline for Free!
 *
 * @example
 * ```ts
 * scoreFunction({ baseline: 'leaveOneOut' }); // { tag: 'score', baseline: 'leaveOneOut' }
 * ```
 */
export const scoreFunction = (options: ScoreOptions = {}): SiteEstimator => {
  checkOptions('scoreFunction', options, { baseline: baselines, beta: anything });
  const { baseline = 'leaveOneOut', beta = 0.9 } = options;
  if (typeof baseline === 'object') return { tag: 'score', baseline: 'network', ...baseline };
  return baseline === 'runningAverage'
    ? { tag: 'score', baseline, beta: checkBeta(beta) }
    : { tag: 'score', baseline };
};

/**
 * The measure-valued gradient: ∂q/∂φ is a difference of two laws, c (q⁺ − q⁻), and the gradient
 * c (f(z⁺) − f(z⁻)), one pair for each parameter of each cell of the event.
 *
 * - Unbiased, and asks nothing of f's derivative. Of low variance, and expensive: model and guide are
 *   run again at 2 values a cell for Bernoulli, K for a categorical of K classes, 4 for Normal, side by side.
 * - Coupling: a Normal's location has μ ± σ R with one Rayleigh number R; its scale μ + σ M against
 *   μ + σ M U, M double-sided Maxwell and U uniform. Sites after it are drawn from the same noise.
 * - For Bernoulli, the categoricals and Normal, and `independent` arrays of them.
 * - Source: Mohamed et al. 2020, Monte Carlo Gradient Estimation in Machine Learning, section 6,
 *   arXiv:1906.10652.
 *
 * @example
 * ```ts
 * measureValued(); // { tag: 'measureValued' }
 * ```
 */
export const measureValued = (): SiteEstimator => ({ tag: 'measureValued' });

const checkTemperature = (who: string, temperature: Temperature): void => {
  if (typeof temperature === 'function') return;
  const expected = 'a temperature above 0, or a function of the step';
  demand(temperature > 0 && temperature < Infinity, who, expected, temperature, 'pass 0.5, say');
};

/**
 * Relaxed draws, that carry a gradient: σ((logits + logistic noise) / τ) of a Bernoulli, a number
 * between 0 and 1, and softmax((logits + Gumbel noise) / τ) of a `oneHotCategorical`, a vector of
 * the simplex. Model and guide see such values. A `categorical`, whose draw is an index, has none.
 *
 * - Biased. What is ascended is the expectation of the terms at relaxed draws, each density continued
 *   to them as z · log p + (1 − z) · log(1 − p) or Σ_k z_k log p_k, and a divergence in closed form
 *   that of the discrete laws. It is no bound on log p(data); it tends to the ELBO with τ → 0,
 *   while the gradient's variance grows.
 * - A value that is used as an index has no gradient, and is refused: write (1 − z) a + z b, or a
 *   product with a one-hot vector. A comparison has gradient 0, and is not found out.
 * - Errors: a temperature of 0 or below is a `RangeError`.
 * - Source: Jang et al. 2017, Categorical Reparameterization with Gumbel-Softmax, arXiv:1611.01144;
 *   Maddison et al. 2017, The Concrete Distribution, arXiv:1611.00712.
 *
 * @example
 * ```ts
 * gumbelSoftmax({ temperature: 0.5 }); // { tag: 'gumbelSoftmax', temperature: 0.5 }
 * ```
 */
export const gumbelSoftmax = (options: { readonly temperature: Temperature }): SiteEstimator => {
  checkOptions('gumbelSoftmax', options, { temperature: required(anything) });
  const { temperature } = options;
  checkTemperature('gumbelSoftmax', temperature);
  return { tag: 'gumbelSoftmax', temperature };
};

/**
 * Discrete draws with a gradient that is not theirs: that of the probabilities, or with a
 * temperature that of the relaxed draw from the same noise.
 *
 * - The value is an unbiased estimate of the bound; the gradient is biased.
 * - Errors: a temperature of 0 or below is a `RangeError`.
 * - Source: Bengio et al. 2013, Estimating or Propagating Gradients Through Stochastic Neurons,
 *   arXiv:1308.3432; with a temperature Jang et al. 2017, section 2.2, arXiv:1611.01144.
 *
 * @example
 * ```ts
 * straightThrough(); // { tag: 'straightThrough' }
 * ```
 */
export const straightThrough = (
  options: { readonly temperature?: Temperature } = {},
): SiteEstimator => {
  checkOptions('straightThrough', options, { temperature: anything });
  const { temperature } = options;
  if (temperature === undefined) return { tag: 'straightThrough' };
  checkTemperature('straightThrough', temperature);
  return { tag: 'straightThrough', temperature };
};

/** Whether the gradient's expectation is that of what is estimated. */
export const isUnbiased = ({ tag }: SiteEstimator): boolean =>
  tag !== 'gumbelSoftmax' && tag !== 'straightThrough';

/** A temperature as it is written. */
export const showTemperature = (temperature: Temperature): string =>
  typeof temperature === 'number' ? String(temperature) : 'τ(step)';

/** The temperature of a step; a schedule needs to know which. */
export const temperatureAt = (
  temperature: Temperature,
  site: string,
  step: Tensor | undefined,
): Tensor => {
  if (typeof temperature === 'number') return tf.scalar(temperature);
  if (step !== undefined) return temperature(step);
  throw new Error(
    `site '${site}': expected to be told how many steps were taken, which a schedule of its ` +
      'temperature needs, but was not; give a number where no steps are counted.',
  );
};

/** An estimator in a few words. */
export const showSiteEstimator = (e: SiteEstimator): string => {
  switch (e.tag) {
    case 'pathwise':
      return 'pathwise';
    case 'implicit':
      return 'implicit reparameterisation';
    case 'enumerate':
      return 'enumeration';
    case 'measureValued':
      return 'measure-valued';
    case 'gumbelSoftmax':
      return `Gumbel-softmax, temperature ${showTemperature(e.temperature)}`;
    case 'straightThrough':
      return e.temperature === undefined
        ? 'straight-through'
        : `straight-through, temperature ${showTemperature(e.temperature)}`;
    case 'score':
      switch (e.baseline) {
        case 'none':
          return 'score function';
        case 'leaveOneOut':
          return 'score function, leave-one-out';
        case 'runningAverage':
          return `score function, running average (${e.beta})`;
        case 'network':
          return `score function, baseline '${e.site}'`;
      }
  }
};
