/** The law that particles are runs. No statistics. */
import * as tf from '@tensorflow/tfjs';
import { entryOf } from '../../../dsl/records/dictionary.js';
import { elbo } from '../../bounds/objectives/elbo.js';
import { drawWeights } from '../../evidence/draw-weights.js';
import { keyedNoise } from '../../random/noise-source.js';
import {
  type BoundOf,
  type Found,
  type Inference,
  boundOf,
  isWeighable,
  trialOf,
} from '../law/inference.js';
import { expectAllClose, expectClose } from '../law/law.js';
import { particlesOf } from '../law/noise-views.js';
import { mean, rowsOf } from '../statistics/numbers.js';

const estimatorsOf = ({ derivation }: BoundOf): string =>
  derivation.latents.map((l) => `${l.name} ${l.estimator.name}`).join();

/**
 * Checks that particles side by side are runs in turn: three at once have the log weights of three
 * single runs at the same noise, and their ELBO and its gradient are the means of theirs.
 *
 * It finds host code that is no function of its arguments, such as a simulator that remembers its calls, and
 * kernels that are batched wrongly. No statistics.
 *
 * - Errors: a broken law; shapes that do not broadcast throw a `SiteError`.
 *
 * @example
 * ```ts
 * const model = (of: (z: Tensor) => Tensor) => program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   yield* observe('x', normal(blackBox(of, { shape: [] })(z), 1), 2);
 * });
 * const guide = sample('z', normal(1, 1));
 * checkParticles({ model: model((z) => tf.square(z)), guide });
 * // Host code that counts its calls.
 * let calls = 0;
 * const counting = model((z) => tf.add(z, (calls += 1)));
 * E.isLeft(E.tryCatch(() => checkParticles({ model: counting, guide }), String)); // true
 * ```
 */
export const checkParticles = (inference: Inference): void =>
  tf.tidy(() => {
    const K = 3;
    const trial = trialOf(inference);
    const { model, guide, params, structure, tolerance } = trial;
    const claim = trial.claim('particles side by side are runs in turn');
    const noise = keyedNoise(trial.key);
    const turns = [0, 1, 2];
    const weights = (count: number, source: typeof noise): readonly (readonly number[])[] => {
      const { depth } = structure;
      const w = drawWeights(model, guide, { params, noise: source, count, depth });
      return rowsOf(w.dataSync(), w.size / count);
    };
    if (isWeighable(structure)) {
      const together = weights(K, noise);
      turns.forEach((i) => {
        const alone = weights(1, particlesOf(noise, K, i, 1))[0] ?? [];
        const slack = { absolute: 10 * tolerance, relative: tolerance };
        expectAllClose(claim, `log weights of particle ${i}`, together[i] ?? [], alone, slack);
      });
    }
    const bounds = (discrete: 'enumerate' | 'score') =>
      [K, 1].map((particles) =>
        boundOf(
          trial,
          elbo({ closedFormKl: 'never', baseline: 'none', discrete, particles }),
          structure,
        ),
      );
    const summed = bounds('enumerate');
    // Particles take an axis, which may leave too few to sum over every site.
    const isAlike = new Set(summed.map(estimatorsOf)).size === 1;
    const [several, single] = isAlike ? summed : bounds('score');
    if (several === undefined || single === undefined) return;
    const found = several.found(noise);
    const alone = turns.map((i) => single.found(particlesOf(noise, K, i, 1)));
    const average = (of: (f: Found) => number): number => mean(alone.map(of));
    const allowed = { absolute: 10 * tolerance, relative: tolerance };
    expectClose(
      claim,
      'the bound',
      found.value,
      average((f) => f.value),
      allowed,
    );
    for (const [name, xs] of Object.entries(found.gradients)) {
      const expected = xs.map((_, i) =>
        average((f) => entryOf(f.gradients, name)?.[i] ?? Number.NaN),
      );
      const size = Math.max(
        1,
        ...alone.flatMap((f) => (entryOf(f.gradients, name) ?? []).map(Math.abs)),
      );
      const slack = { absolute: 10 * tolerance * size, relative: tolerance };
      expectAllClose(claim, `gradients of '${name}'`, xs, expected, slack);
    }
  });
