/** Laws of how bounds over importance weights are ordered: draw by draw where they are power means. */
import * as tf from '@tensorflow/tfjs';
import { demand, showReceived } from '../../../dsl/refusals/options.js';
import type { Objective } from '../../bounds/objective.js';
import { iwae } from '../../bounds/objectives/iwae.js';
import { renyi } from '../../bounds/objectives/renyi.js';
import { keyedNoise } from '../../random/noise-source.js';
import { foldIn } from '../../random/index.js';
import {
  type BoundOf,
  type Inference,
  type Trial,
  boundOf,
  isWeighable,
  trialOf,
} from '../law/inference.js';
import { broken } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { doubled, particlesOf } from '../law/noise-views.js';
import { valuesAt } from '../law/values-at.js';
import { mean } from '../statistics/numbers.js';
import { type Rung, checkRungs } from './ordered-law.js';

/** Joint draws that are looked at. */
const ROUNDS = 4;

/** The particles of the largest bound. */
const PARTICLES = 8;

/** Weights need every site in the plates that are subsampled. */
const weighed = (check: string, inference: Inference): Trial => {
  const trial = trialOf(inference);
  if (isWeighable(trial.structure)) return trial;
  const expected = 'every site in the plate that is subsampled';
  throw new LawNotApplicable(check, expected, 'some outside, which leaves no weight to a datum');
};

const slackOf = ({ tolerance }: Trial, bound: number): number =>
  tolerance * Math.max(1, Math.abs(bound));

/** The order of a power mean of 1 or less: by Jensen's inequality it holds at every draw. */
const checkPathwise = (trial: Trial): void => {
  const boundAt = (particles: number): BoundOf =>
    boundOf(trial, iwae({ particles }), trial.structure);
  const largest = boundAt(PARTICLES);
  const half = PARTICLES / 2;
  const claim = trial.claim('more particles, higher bound');
  const fewer = [half, 2, 1].map((k) => ({ k, bound: boundAt(k) }));
  for (let round = 0; round < ROUNDS; round += 1) {
    const noise = keyedNoise(foldIn(trial.key, round));
    const high = largest.value(noise);
    const means = fewer.map(({ k, bound }) => ({
      k,
      values: Array.from({ length: PARTICLES / k }, (_, i) =>
        bound.value(particlesOf(noise, PARTICLES, i * k, k)),
      ),
    }));
    const once = means[0]?.values[0] ?? Number.NaN;
    const twice = largest.value(doubled(particlesOf(noise, PARTICLES, 0, half), half));
    if (twice !== once && !(Math.abs(twice - once) <= slackOf(trial, once))) {
      broken(claim, `${half} particles, each twice, to have their bound ${once}`, String(twice));
    }
    for (const { k, values } of means) {
      const low = mean(values);
      if (!(high >= low - slackOf(trial, low))) {
        const expected = `the bound of ${PARTICLES} particles to be at least ${low}, the mean of those of ${k}`;
        broken(claim, expected, String(high));
      }
    }
  }
};

/** Beside the first two numbers, the one whose mean is compared by draws too. */
const BY_DRAWS = 4;

/**
 * Checks that the mean of a bound moves with its number of particles as it states: of all `counts` where
 * its means can be summed over every joint draw, and otherwise of the few of them, two at least.
 */
export const checkMeansInParticles = (
  inference: Inference,
  objective: (particles: number) => Objective,
  counts: readonly number[],
  byDraws: 'few' | 'all',
): void =>
  tf.tidy(() => {
    const trial = weighed('checkOrderInParticles', inference);
    const bounds = counts.map((k, i): Rung => ({
      name: `the bound of ${k} particles`,
      objective: objective(k),
      isExactOnly: byDraws === 'few' && i >= 2 && k !== BY_DRAWS,
    }));
    const falls = bounds[0]?.objective.meaning.monotone === 'nonincreasing';
    checkRungs(trial, 'more particles, higher bound', falls ? bounds.toReversed() : bounds);
  });

/**
 * Checks that a bound moves with its number of particles as it should.
 *
 * Without `objective` it is that of IWAE: the bound of 8 is at least the mean of those of 4, 2 and 1 at the
 * same draws, and the bound of 8 particles that are 4, each twice, is that of the 4. With `objective`,
 * which makes the bound of K particles, its mean must not fall with K, or not rise where its meaning
 * says `monotone: 'nonincreasing'`: of 1, 2, 4 and 8, or those of `particleCounts`. The mean is that over every
 * joint draw where the guide has finite supports and not too many values, and otherwise there is a
 * sequential test.
 *
 * - Errors: a broken law; fewer than two `particleCounts`, or some that do not rise, throw a `RangeError`.
 * - Source: Burda et al. 2016, theorem 1, arXiv:1509.00519.
 *
 * @example
 * ```ts
 * const model = condition(
 *   program(function* () {
 *     const z = yield* sample('z', normal(0, 1));
 *     yield* sample('x', normal(z, 1));
 *   }),
 *   { x: 5 },
 * );
 * const law = { model, guide: sample('z', normal(2, 1)) };
 * checkOrderInParticles(law);
 * // The least of the weights falls with their number.
 * const objective = (particles: number) => ({
 *   ...iwae({ particles }),
 *   preferences: fromDraws,
 *   estimate: (joint: Joint) => estimateWeights(joint, (w) => tf.min(w, 0)),
 * });
 * E.isLeft(E.tryCatch(() => checkOrderInParticles({ ...law, objective }), String)); // true
 * ```
 */
export const checkOrderInParticles = ({
  objective,
  particleCounts = [1, 2, 4, 8],
  ...inference
}: Inference & {
  readonly objective?: (particles: number) => Objective;
  /** The numbers of particles that are compared, in rising order. */
  readonly particleCounts?: readonly number[];
}): void => {
  if (objective === undefined) {
    tf.tidy(() => checkPathwise(weighed('checkOrderInParticles', inference)));
    return;
  }
  const isRising = particleCounts.every((k, i) => k > (particleCounts[i - 1] ?? 0));
  demand(
    particleCounts.length >= 2 && isRising,
    'checkOrderInParticles',
    'particleCounts to be two numbers or more, in rising order',
    showReceived(particleCounts),
    'pass [1, 2, 4, 8], say',
  );
  checkMeansInParticles(inference, objective, particleCounts, 'all');
};

/** Around 1, where the formula has a limit, close enough to see one that misses it. */
const ORDERS = [-1, 0, 0.5, 0.95, 1, 1.05, 2, 4];

/**
 * Checks that Rényi's bound does not rise with its order α, at the same draws: −1, 0, ½, 1, 2, 4 and
 * both sides of 1, so that its value there is pinned to the limit.
 *
 * `objective` makes the bound of order α, `renyi` with 8 particles where left out.
 *
 * - Errors: a broken law.
 * - Source: Li and Turner 2016, theorem 1, arXiv:1602.02311.
 *
 * @example
 * ```ts
 * const model = condition(
 *   program(function* () {
 *     const z = yield* sample('z', normal(0, 1));
 *     yield* sample('x', normal(z, 1));
 *   }),
 *   { x: 5 },
 * );
 * const law = { model, guide: sample('z', normal(2, 1)) };
 * checkOrderInAlpha(law);
 * const objective = (alpha: number) => renyi({ alpha: -alpha, particles: 8 });
 * E.isLeft(E.tryCatch(() => checkOrderInAlpha({ ...law, objective }), String)); // true
 * ```
 */
export const checkOrderInAlpha = ({
  objective = (alpha) => renyi({ alpha, particles: PARTICLES }),
  ...inference
}: Inference & { readonly objective?: (alpha: number) => Objective }): void =>
  tf.tidy(() => {
    const trial = weighed('checkOrderInAlpha', inference);
    const valuesOf = valuesAt(trial, ORDERS.map(objective));
    for (let round = 0; round < ROUNDS; round += 1) {
      const noise = keyedNoise(foldIn(trial.key, round));
      const values = valuesOf(noise);
      values.forEach((value, i) => {
        const before = values[i - 1] ?? Infinity;
        if (value !== before && !(value <= before + slackOf(trial, value))) {
          broken(
            trial.claim('higher order, lower bound'),
            `the bound of order ${ORDERS[i]} to be at most ${before}, that of order ${ORDERS[i - 1]}`,
            String(value),
          );
        }
      });
    }
  });
