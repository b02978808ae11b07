/** A walk keeps a good state now and then, which must not cost what the steps do. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { expect, it, vi } from 'vitest';
import {
  type Tensor,
  adam,
  elbo,
  key,
  normal,
  observe,
  param,
  program,
  rowsOf,
  svi,
} from 'marginalia';
import { of } from 'marginalia/monad';
import { walkOf } from '../../src/training/walk.js';
import { right } from '../either.js';

it.each([
  [1, 1000],
  [400, 20_000],
])('a state that takes %d ms to copy is kept once in %d ms or more', async (copying, least) => {
  const inference = svi({
    model: (x: Tensor) =>
      program(function* () {
        yield* observe('x', normal(yield* param('loc', 0), 1), x);
      }),
    guide: () => of({}),
    objective: elbo(),
    optimizer: adam(0.1),
  });
  const data = rowsOf(new Float32Array([1]), []);
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
  const copies: number[] = [];
  const walk = walkOf(
    { svi: inference, data, batchSize: 1, length: { steps: 1 }, key: key(0) },
    {
      stepper: {
        advance: async () => {
          now += 10;
          return E.right([1]);
        },
        phaseLosses: () => ({}),
        at: () => 0,
        state: () => {
          copies.push(now);
          now += copying;
          return inference.init(key(0), tf.scalar(1));
        },
        restore: () => undefined,
        close: async () => undefined,
      },
      batches: { at: () => data.batch(Int32Array.of(0), key(0)), sizeAt: () => 1, same: false },
      tellNews: async () => E.right(undefined),
    },
  );
  try {
    for (let i = 0; i < 5000; i += 1) right(await walk.advance(1));
  } finally {
    clock.mockRestore();
  }
  // After the first, which is kept for what the walk begins with.
  const waits = copies.slice(2).map((at, i) => at - (copies[i + 1] ?? 0));
  expect(waits.length).toBeGreaterThan(0);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(least);
  await walk.close();
});
