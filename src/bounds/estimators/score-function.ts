import * as tf from '@tensorflow/tfjs';
import { stopGradient } from '../../../dsl/index.js';
import { type Rule, anything, checkOptions, demand } from '../../../dsl/refusals/options.js';
import { type Baseline, leaveOneOut, network, noBaseline, runningAverage } from './baseline.js';
import type { Estimator, EstimatorChoice } from './estimator.js';

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

const baselineOf = ({ baseline = 'leaveOneOut', beta = 0.9 }: ScoreOptions): Baseline => {
  if (typeof baseline === 'object') return network(baseline.site);
  if (baseline !== 'runningAverage') return baseline === 'none' ? noBaseline : leaveOneOut;
  const valid = beta >= 0 && beta < 1;
  demand(valid, 'scoreFunction', 'beta to be at least 0 and less than 1', beta, 'pass 0.9, say');
  return runningAverage(beta);
};

const scoreWith = ({ at, centred, ...baseline }: Baseline): Estimator => ({
  name: 'scoreFunction',
  label: 'score function',
  draws: 'fixed',
  ...baseline,
  ...(at && { settled: (site) => scoreWith(at(site)) }),
  surrogate: (cost) => {
    const { signal, regression, ...rest } = centred(cost);
    const score = cost.average(tf.mul(stopGradient(signal), cost.logQ));
    return { ...rest, surrogate: regression === undefined ? score : tf.add(score, regression) };
  },
});

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
 * showEstimator(scoreFunction({ baseline: 'leaveOneOut' })); // 'score function, leave-one-out'
 * ```
 */
export const scoreFunction = (options: ScoreOptions = {}): Estimator => {
  checkOptions('scoreFunction', options, { baseline: baselines, beta: anything });
  return scoreWith(baselineOf(options));
};

/** The score of every site, as an objective of its own gradient may ask. */
export const scoreOfEverySite = (options: ScoreOptions = {}): EstimatorChoice => ({
  estimator: scoreFunction(options),
  why: 'the objective takes the score of every site',
});
