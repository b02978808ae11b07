/** The law that noise belongs to its site. No statistics. */
import * as tf from '@tensorflow/tfjs';
import { program, sample } from '../../../dsl/index.js';
import { normal } from '../../../dsl/distributions/index.js';
import type { Program } from '../../../dsl/program/program.js';
import { elbo } from '../../bounds/objectives/elbo.js';
import { type NoiseSource, keyedNoise } from '../../random/noise-source.js';
import { foldIn } from '../../random/index.js';
import { type AnyProgram, type Inference, type Trial, boundOf, trialOf } from '../law/inference.js';
import { broken } from '../law/law.js';
import { expectSameBound } from '../law/expect-same-bound.js';

const EXTRA = 'a site that the law has added';

/** A program with one more site, independent of all others, before and after it. */
const withExtra = (inner: AnyProgram): Program<unknown, unknown> =>
  program(function* () {
    yield* sample(`${EXTRA} before`, normal(0, 1));
    const result = yield* inner;
    yield* sample(`${EXTRA} after`, normal(0, 1));
    return result;
  });

/** Records which noise is asked for, and gives its numbers when nobody runs any more. */
const recorded = (
  all: NoiseSource,
): { noise: NoiseSource; seen: () => ReadonlyMap<string, readonly number[]> } => {
  const asked = new Map<string, Parameters<NoiseSource>>();
  return {
    noise: (...request) => {
      const [site, block] = request;
      asked.set(`block ${block} of '${site}'`, request);
      return all(...request);
    },
    seen: () =>
      new Map([...asked].map(([place, request]) => [place, [...all(...request).dataSync()]])),
  };
};

/** Whether two arrays of noise begin with the same numbers, as those of one key do. */
const startAlike = (xs: readonly number[] = [], ys: readonly number[] = []): boolean => {
  const length = Math.min(4, xs.length, ys.length);
  return length > 0 && xs.slice(0, length).every((x, i) => x === ys[i]);
};

/**
 * Checks that noise belongs to its site: with more sites before and after it all draws of the guide and
 * their bound are as they were, and no two sites share noise. `noise` is where draws come from,
 * `keyedNoise` where left out; give your own source to have it checked.
 *
 * - Errors: a broken law, which names the sites.
 *
 * @example
 * ```ts
 * const two = program(function* () {
 *   yield* sample('a', normal(0, 1));
 *   yield* sample('b', normal(0, 1));
 * });
 * checkNoise({ model: two, guide: two });
 * // One noise for all sites.
 * const noise = (k: Key): NoiseSource => (_site, block, law, batch) =>
 *   keyedNoise(k)('all', block, law, batch);
 * E.isLeft(E.tryCatch(() => checkNoise({ model: two, guide: two, noise }), String)); // true
 * ```
 */
export const checkNoise = ({
  noise: sourceOf = keyedNoise,
  ...inference
}: Inference & { readonly noise?: (key: Trial['key']) => NoiseSource }): void =>
  tf.tidy(() => {
    const trial = trialOf(inference);
    const { model, guide, params, key, tolerance } = trial;
    const claim = trial.claim('noise belongs to its site');
    const objective = elbo({ closedFormKl: 'never', discrete: 'score' });
    const alone = recorded(sourceOf(key));
    const expected = boundOf(trial, objective).found(alone.noise);
    const more = recorded(sourceOf(key));
    const other = { model: withExtra(model), guide: withExtra(guide), params };
    const found = boundOf(other, objective).found(more.noise);
    const [before, later] = [alone.seen(), more.seen()];
    for (const [place, xs] of before) {
      const after = later.get(place) ?? [];
      if (xs.length !== after.length || xs.some((x, i) => x !== after[i])) {
        broken(claim, `${place} to stay when a site is added`, 'other draws');
      }
    }
    expectSameBound(claim, 'with a site added', found, expected, tolerance);
    const again = recorded(sourceOf(foldIn(key, 'again')));
    boundOf(other, objective).value(again.noise);
    const another = again.seen();
    const places = [...later.keys()];
    places.forEach((place, i) =>
      places.slice(0, i).forEach((earlier) => {
        // Two numbers may be equal by chance, but not under two keys.
        if ([later, another].every((seen) => startAlike(seen.get(place), seen.get(earlier)))) {
          broken(claim, `noise of its own for ${place}`, `draws that ${earlier} has`);
        }
      }),
    );
  });
