/**
 * Laws of losses, over programs that draw and reduce in every way: where a loss is not refused it depends
 * neither on how many particles there are nor on a site beside it whose values are summed. No statistics:
 * particles side by side are held against single ones at the same noise.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  SiteError,
  type Tensor,
  bernoulli,
  key,
  noise,
  normal,
  param,
  plate,
  program,
  sample,
  sgd,
  svi,
} from 'marginalia';
import { minimize } from 'marginalia/objectives';
import { describe, expect, it } from 'vitest';
import { keyedNoise } from '../../../src/random/noise-source.js';
import { particlesOf } from '../../../src/testing/law/noise-views.js';
import { numbers } from './slopes.js';

const ROWS = 4;
const PARTICLES = 3;

/** How a loss is put together. */
interface Recipe {
  readonly draw: 'noise' | 'site';
  readonly inPlate: boolean;
  readonly feeds: 'loss' | 'noise' | 'site';
  readonly reduce: keyof typeof reductions;
}

const reductions = {
  all: (x: Tensor) => tf.mean(x),
  last: (x: Tensor) => (x.rank === 0 ? x : tf.mean(x, -1)),
  kept: (x: Tensor) => (x.rank === 0 ? x : tf.mean(x, -1, true)),
  none: (x: Tensor) => x,
} as const;

const recipes: readonly Recipe[] = (['noise', 'site'] as const).flatMap((draw) =>
  [true, false].flatMap((inPlate) =>
    (['loss', 'noise', 'site'] as const).flatMap((feeds) =>
      (['all', 'last', 'kept', 'none'] as const).map((reduce) => ({
        draw,
        inPlate,
        feeds,
        reduce,
      })),
    ),
  ),
);

const drawOf = (how: Recipe['draw'], name: string, loc: Tensor): Program<unknown, Tensor> =>
  how === 'noise' ? noise(name, normal(loc, 1)) : sample(name, normal(loc, 1));

const lossOf =
  ({ draw, inPlate, feeds, reduce }: Recipe, beside: boolean) =>
  (): Program<unknown, Tensor> =>
    program(function* () {
      const loc = yield* param('loc', 0.3);
      if (beside) yield* sample('k', bernoulli({ probs: 0.3 }));
      const body = program(function* () {
        const x = yield* drawOf(draw, 'x', loc);
        return feeds === 'loss' ? x : yield* drawOf(feeds, 'y', x);
      });
      const y = inPlate ? yield* plate('rows', ROWS, body) : yield* body;
      return tf.square(reductions[reduce](y));
    });

/** The loss and its slope, or the words of its refusal. */
const found = (
  recipe: Recipe,
  beside: boolean,
  particles: number,
  from: (noise: ReturnType<typeof keyedNoise>) => ReturnType<typeof keyedNoise>,
): number | string =>
  tf.tidy(() => {
    const made = svi({ ...minimize(lossOf(recipe, beside), { particles }), optimizer: sgd(0.1) });
    try {
      const state = made.init(key(0));
      const at = { ...state, step: tf.scalar(0) };
      return numbers(made.bound(at, from(keyedNoise(key(7))), undefined).loss)[0] ?? Number.NaN;
    } catch (error) {
      if (error instanceof SiteError) return error.message;
      throw error;
    }
  });

const same = (noises: ReturnType<typeof keyedNoise>) => noises;

describe('a loss', () => {
  it('of several particles is the mean of single ones, whatever is summed beside it', () => {
    const held = recipes.filter((recipe) => {
      const together = found(recipe, false, PARTICLES, same);
      const summed = found(recipe, true, PARTICLES, same);
      if (typeof together === 'string') {
        expect(together).toMatch(/expected a term of shape/);
        expect(found(recipe, false, 1, same)).toMatch(/expected a term of shape/);
        return false;
      }
      const alone = Array.from({ length: PARTICLES }, (_, i) =>
        found(recipe, false, 1, (all) => particlesOf(all, PARTICLES, i, 1)),
      ).map(Number);
      const mean = alone.reduce((a, b) => a + b) / PARTICLES;
      expect(together).toBeCloseTo(mean, 5);
      expect(summed).toBeCloseTo(mean, 5);
      return true;
    });
    // All but those in a plate that leave an axis as long as it to a loss, which is a number.
    expect(held.length).toBe(recipes.length - 6);
  });
});
