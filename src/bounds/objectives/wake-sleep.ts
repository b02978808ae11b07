/**
 * Reweighted wake-sleep, phase by phase: wake-phase θ and φ train model and guide at draws of the
 * guide, sleep-phase φ trains the guide at draws of the model. Nothing passes through a draw, so
 * sites may be of any kind.
 */
import * as tf from '@tensorflow/tfjs';
import { callable, checkOptions, required, whole } from '../../../dsl/refusals/options.js';
import { type Program, type Tensor, stopGradient } from '../../../dsl/index.js';
import { logGuideOfModelDraws } from '../model-draws.js';
import type { EstimatorChoice } from '../estimators/estimator.js';
import { rescored } from '../estimators/rescored.js';
import { untrained } from '../estimators/untrained.js';
import { logPowerMean } from '../weights/log-power-mean.js';
import { logDensities, logWeights, sumOverData } from '../weights/log-weights.js';
import { normalisedWeights, weightedMean } from '../weights/normalised-weights.js';
import { type Objective, fromDraws } from '../objective.js';
import { eubo } from './eubo.js';
import { meanWeight } from './options.js';

/** How a wake phase is estimated. */
export interface WakeOptions {
  /** K, the draws of the guide that stand for the posterior once they are weighed. */
  readonly particles: number;
}

const covering = { support: 'covers', gradient: 'any' } as const;

/** An objective for guides that cover the model, of any kind. */
export type CoveringObjective = Objective<typeof covering>;

const ofWeights = { requires: covering, over: 'weights', monotone: 'nondecreasing' } as const;

/**
 * The wake phase of the model's parameters θ: the importance-weighted bound of `iwae`, in nats,
 * maximised over θ alone.
 *
 * - Gradient: Σ_k w̃_k ∂ log p(x, z_k) at fixed draws, which is that of `iwae` for θ, draw by draw.
 *   The guide's parameters have none.
 * - It asks for a guide that covers the model, as posterior expectations by weights do.
 * - Errors: a subsampled plate that not every site lies in throws a `SiteError`, and so does a site of
 *   the model whose support moves with its parameters.
 * - Source: Bornschein and Bengio 2015, Reweighted Wake-Sleep, arXiv:1406.2751; Le et al. 2019,
 *   Revisiting Reweighted Wake-Sleep, arXiv:1805.10469.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: () => condition(
 *     program(function* () {
 *       const z = yield* sample('z', normal(0, 1));
 *       yield* sample('x', normal(z, 1));
 *     }),
 *     { x: 5 },
 *   ),
 *   guide: () => sample('z', normal(2.5, Math.SQRT1_2)),
 *   objective: wakeTheta({ particles: 4 }),
 *   optimizer: sgd(0.1),
 * });
 * // The guide is the posterior.
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 7.5155
 * ```
 */
export const wakeTheta = (options: WakeOptions): CoveringObjective => {
  checkOptions('wakeTheta', options, { particles: required(whole()) });
  const { particles } = options;
  return {
    name: 'wakeTheta',
    particles,
    preferences: { ...fromDraws, everySite: untrained },
    meaning: { ...ofWeights, trains: 'model' },
    notation: { symbol: 'IWAE', formula: meanWeight },
    estimate: (joint) => {
      const weights = logWeights(joint);
      const { model } = logDensities(rescored(joint, { model: 'live', path: stopGradient }));
      return {
        value: sumOverData(joint, logPowerMean(weights, 1)),
        surrogate: sumOverData(joint, weightedMean(normalisedWeights(weights), model)),
        terms: {},
      };
    },
  };
};

/**
 * The wake phase of the guide's parameters φ: the evidence upper bound, minimised over φ alone, so
 * that q comes to cover the posterior. It is `eubo` under the name that the algorithm has for it.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: () => condition(
 *     program(function* () {
 *       const z = yield* sample('z', normal(0, 1));
 *       yield* sample('x', normal(z, 1));
 *     }),
 *     { x: 5 },
 *   ),
 *   guide: () => sample('z', normal(2.5, Math.SQRT1_2)),
 *   objective: wakePhi({ particles: 4 }),
 *   optimizer: sgd(0.1),
 * });
 * // The guide is the posterior.
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // -7.5155
 * ```
 */
export const wakePhi = (options: WakeOptions): CoveringObjective => {
  checkOptions('wakePhi', options, { particles: required(whole()) });
  const { particles } = options;
  return { ...eubo({ particles }), name: 'wakePhi' };
};

/**
 * Both wake phases in one step: reweighted wake-sleep that never sleeps.
 *
 * - Value: the importance-weighted bound of `iwae`, in nats.
 * - Gradient: that of `wakeTheta` for the model's parameters and of `wakePhi` for the guide's; one
 *   that both have gets both.
 * - Errors and source: as for the phases.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: () => condition(
 *     program(function* () {
 *       const z = yield* sample('z', normal(0, 1));
 *       yield* sample('x', normal(z, 1));
 *     }),
 *     { x: 5 },
 *   ),
 *   guide: () => sample('z', normal(2.5, Math.SQRT1_2)),
 *   objective: reweightedWakeSleep({ particles: 4 }),
 *   optimizer: sgd(0.1),
 * });
 * // The guide is the posterior.
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 7.5155
 * ```
 */
export const reweightedWakeSleep = (options: WakeOptions): CoveringObjective => {
  checkOptions('reweightedWakeSleep', options, { particles: required(whole()) });
  const { particles } = options;
  const [theta, phi] = [wakeTheta({ particles }), wakePhi({ particles })];
  return {
    ...theta,
    name: 'reweightedWakeSleep',
    preferences: phi.preferences,
    meaning: { ...ofWeights, gradient: 'model' },
    estimate: (joint) => {
      const { value, surrogate, terms } = theta.estimate(joint);
      return { value, terms, surrogate: tf.add(surrogate, phi.estimate(joint).surrogate) };
    },
  };
};

/** What the sleep phase needs beside model and guide. */
export interface SleepOptions {
  /** The guide for data that the model draws: values by site, observed ones among them. */
  readonly guide: (drawn: Readonly<Record<string, Tensor>>) => Program<unknown, unknown>;
}

const byDreams: EstimatorChoice = {
  estimator: { name: 'modelDraws', label: 'log q of model draws' },
  why: 'log q is raised at draws of the model, and its own draws are not used',
};

/**
 * The sleep phase of the guide's parameters φ: E_p(z, x)[log q(z | x)], in nats, maximised over φ
 * alone. The model draws latent sites and data together, and the guide learns to tell one from the
 * other, by maximum likelihood.
 *
 * - What it draws is as large as the batch: plates keep their elements, and their scale. The data of the
 *   batch are not looked at.
 * - Gradient: unbiased. The model's parameters have none.
 * - The guide of the inference is drawn as well, as by every objective, and its draws are not used.
 * - Errors: a guide with a site that the model has not throws a `SiteError`, and so does one whose
 *   support moves with its parameters.
 * - Source: Hinton et al. 1995, The Wake-Sleep Algorithm for Unsupervised Neural Networks,
 *   doi:10.1126/science.7761831; Bornschein and Bengio 2015, Reweighted Wake-Sleep, arXiv:1406.2751.
 *
 * @example
 * ```ts
 * const model = program(function* () {
 *   const z = yield* sample('z', bernoulli({ probs: 0.5 }));
 *   yield* sample('x', bernoulli({ probs: z }));
 * });
 * const guide = () => sample('z', bernoulli({ probs: 0.5 }));
 * const inference = svi({
 *   model: (x: Tensor) => condition(model, { x }),
 *   guide,
 *   objective: sleepPhi({ guide }),
 *   optimizer: sgd(0.1),
 * });
 * // A guide that does not look at x misses all of its one bit.
 * inference.evaluate(inference.init(key(0), tf.scalar(1)), tf.scalar(1)).loss.dataSync()[0]; // 0.6931472
 * ```
 */
export const sleepPhi = (options: SleepOptions): CoveringObjective => {
  checkOptions('sleepPhi', options, {
    guide: required(callable('guide: (drawn) => program(function* () { … })')),
  });
  return {
    name: 'sleepPhi',
    particles: 1,
    preferences: { ...fromDraws, everySite: byDreams },
    meaning: {
      requires: covering,
      over: 'neither',
      bound: 'none',
      trains: 'guide',
      gradient: 'other',
    },
    notation: {
      symbol: 'sleep',
      formula: {
        text: 'E_p(latent, data)[log q(latent | data)]',
        latex:
          '\\mathbb{E}_{p(\\mathrm{latent}, \\mathrm{data})}\\left[\\log q(\\mathrm{latent} \\mid \\mathrm{data})\\right]',
      },
    },
    estimate: (joint) => {
      const value = logGuideOfModelDraws(joint, options.guide);
      return { value, surrogate: value, terms: {} };
    },
  };
};
