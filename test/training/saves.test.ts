/** When a state is saved: by steps, by minutes, whichever comes first. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it, vi } from 'vitest';
import {
  type SviState,
  type Tensor,
  adam,
  elbo,
  fit,
  freeState,
  key,
  normal,
  observe,
  param,
  plate,
  program,
  rowsOf,
  svi,
} from 'marginalia';
import type { SaveInterval } from 'marginalia/inference';
import { of } from 'marginalia/monad';
import { savesOf } from '../../src/training/saves.js';
import { right } from '../either.js';

const inference = svi({
  model: (x: Tensor) =>
    program(function* () {
      const loc = yield* param('loc', 0);
      yield* plate('data', x.size, observe('x', normal(loc, 1), x));
    }),
  guide: () => of({}),
  objective: elbo(),
  optimizer: adam(0.1),
});
const data = rowsOf(new Float32Array([1, 2, 3, 4]), []);

const x = tf.tensor1d([1]);
const state = inference.init(key(0), x);

/** The steps at which a run of steps, each of so many minutes, saves. */
const savedBy = async (
  every: SaveInterval,
  minutes: readonly number[],
  start = 0,
): Promise<readonly number[]> => {
  const saved: number[] = [];
  let clock = 0;
  const save = (at: SviState) => async () => {
    saved.push(at.step);
    return E.right(undefined);
  };
  const saves = savesOf({ every, save }, start, () => clock * 60_000);
  for (const [i, took] of minutes.entries()) {
    clock += took;
    const step = start + i + 1;
    if (saves.due(step)) right(await saves.save({ ...state, step }));
  }
  return saved;
};

describe('a state is saved', () => {
  it('after so many steps, counted from the first of all', async () => {
    const minutes = Array.from({ length: 9 }, () => 1);
    expect(await savedBy({ steps: 4 }, minutes)).toEqual([4, 8]);
    expect(await savedBy({ steps: 4 }, minutes, 4)).toEqual([8, 12]);
  });

  it('once so much time has passed since the last', async () => {
    expect(await savedBy({ minutes: 2 }, [1, 1, 1, 0.5, 0.5, 3, 0])).toEqual([2, 5, 6]);
  });

  it('by whichever comes first', async () => {
    expect(await savedBy({ steps: 4, minutes: 2 }, [1, 1, 0, 0, 1, 1, 1, 0])).toEqual([2, 4, 6, 8]);
  });

  it('so that no more lies between two than was asked for, and a step', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0.5, max: 9, noNaN: true }),
        async (minutes, steps, most) => {
          const saved = await savedBy({ steps, minutes: most }, minutes);
          [0, ...saved].forEach((from, i) => {
            const to = saved[i] ?? minutes.length;
            const before = minutes.slice(from, to - 1).reduce((a, b) => a + b, 0);
            expect(to - from).toBeLessThanOrEqual(steps);
            expect(before).toBeLessThan(most);
          });
        },
      ),
    );
  });
});

// Eager steps take their time.
describe.each([
  ['eager', 1],
  ['compiled', 10],
] as const)('fit, %s,', (engine, times) => {
  /** The steps at which a run saves, where a millisecond passes at every look at the clock. */
  const savedSteps = async (
    every: SaveInterval,
    batchSize: number,
    steps: number,
  ): Promise<readonly number[]> => {
    const saved: number[] = [];
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 1));
    try {
      const fitted = await fit({
        svi: inference,
        data,
        batchSize,
        length: { steps },
        key: key(0),
        engine,
        ...(engine === 'compiled' && { executor: 'javascript' }),
        reportEvery: 100_000,
        checkpoint: {
          every,
          save: (at) => async () => {
            saved.push(at.step);
            return E.right(undefined);
          },
        },
      })();
      freeState(right(fitted).state);
    } finally {
      clock.mockRestore();
    }
    return saved;
  };

  it('saves by minutes between minibatches, and where many steps are taken at once', async () => {
    for (const batchSize of [2, 4]) {
      const saved = await savedSteps({ minutes: 0.0002 }, batchSize, 300 * times);
      expect(saved.length).toBeGreaterThan(2);
      expect(saved.at(-1)).toBe(300 * times);
      // An interval is twelve looks, which are as many steps at most; where steps are taken at once, their number doubles by call.
      expect(saved[0]).toBeLessThanOrEqual(12);
    }
  });

  it('saves at the steps asked for, and the last', async () => {
    for (const batchSize of [2, 4]) {
      const saved = (every: number, steps: number) =>
        savedSteps({ steps: every * times }, batchSize, steps * times);
      expect(await saved(70, 200)).toEqual([70, 140, 200].map((step) => step * times));
      expect(await saved(50, 100)).toEqual([50, 100].map((step) => step * times));
    }
  });
});
