/** Laws of how bounds over importance weights are ordered. They hold draw by draw: no statistics. */
import * as tf from '@tensorflow/tfjs';
import type { Objective } from '../../bounds/objective.js';
import { iwae } from '../../bounds/objectives/iwae.js';
import { renyi } from '../../bounds/objectives/renyi.js';
import { keyedNoise } from '../../noise-source.js';
import { foldIn } from '../../random/index.js';
import { type Inference, type Trial, boundOf, isWeighable, trialOf } from '../law/inference.js';
import { broken } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { doubled, particlesOf } from '../law/noise-views.js';

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

/**
 * Checks that a bound does not fall with its number of particles: the bound of 8 is at least the mean
 * of those of 4, 2 and 1 at the same draws.
 *
 * `objective` makes the bound of K particles, `iwae` where left out. By Jensen's inequality this holds
 * at every draw for the logarithm of a power mean of order 1 or less, so Rényi's with α from 0 to 1.
 * And the bound of 8 particles that are 4, each twice, is that of the 4: it is made of means.
 *
 * - Errors: a broken law.
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
  objective = (particles) => iwae({ particles }),
  ...inference
}: Inference & { readonly objective?: (particles: number) => Objective }): void =>
  tf.tidy(() => {
    const trial = weighed('checkOrderInParticles', inference);
    const largest = boundOf(trial, objective(PARTICLES));
    const halved = boundOf(trial, objective(PARTICLES / 2));
    const claim = trial.claim('more particles, higher bound');
    const fewer = [4, 2, 1].map((k) => ({ k, bound: boundOf(trial, objective(k)) }));
    for (let round = 0; round < ROUNDS; round += 1) {
      const noise = keyedNoise(foldIn(trial.key, round));
      const high = largest.value(noise);
      const half = PARTICLES / 2;
      const once = halved.value(particlesOf(noise, PARTICLES, 0, half));
      const twice = largest.value(doubled(particlesOf(noise, PARTICLES, 0, half), half));
      if (!(Math.abs(twice - once) <= slackOf(trial, once))) {
        broken(claim, `${half} particles, each twice, to have their bound ${once}`, String(twice));
      }
      for (const { k, bound } of fewer) {
        const values = Array.from({ length: PARTICLES / k }, (_, i) =>
          bound.value(particlesOf(noise, PARTICLES, i * k, k)),
        );
        const low = values.reduce((a, b) => a + b, 0) / values.length;
        if (!(high >= low - slackOf(trial, low))) {
          broken(
            claim,
            `the bound of ${PARTICLES} particles to be at least ${low}, the mean of those of ${k}`,
            String(high),
          );
        }
      }
    }
  });

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
    const bounds = ORDERS.map((alpha) => boundOf(trial, objective(alpha)));
    for (let round = 0; round < ROUNDS; round += 1) {
      const noise = keyedNoise(foldIn(trial.key, round));
      const values = bounds.map((bound) => bound.value(noise));
      values.forEach((value, i) => {
        const before = values[i - 1] ?? Infinity;
        if (!(value <= before + slackOf(trial, value))) {
          broken(
            trial.claim('higher order, lower bound'),
            `the bound of order ${ORDERS[i]} to be at most ${before}, that of order ${ORDERS[i - 1]}`,
            String(value),
          );
        }
      });
    }
  });
