/** A stream of weights: every draw once, each chunk with a key of its own. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {
  type Key,
  condition,
  evidence,
  factor,
  foldIn,
  key,
  normal,
  program,
  sample,
} from 'marginalia';
import { blackBox } from 'marginalia/tensors';
import { describe, expect, it } from 'vitest';
import { weightStream } from '../../src/evidence/weight-stream.js';

describe('a stream of weights', () => {
  it('asks for every draw once, in chunks with a key each', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 3 }),
        async (samples, chunk, columns) => {
          const asked: { readonly count: number; readonly part: Key; readonly first: number }[] =
            [];
          const rows: number[] = [];
          const before = tf.memory().numTensors;
          const stream = weightStream(
            { key: key(5), samples, chunk },
            async (count, part, first) => {
              asked.push({ count, part, first });
              return tf.fill([count, columns], first);
            },
          );
          for await (const found of stream) {
            expect(found.columns).toBe(columns);
            expect(found.values).toHaveLength(found.rows * columns);
            rows.push(found.rows);
          }
          expect(rows).toEqual(asked.map(({ count }) => count));
          expect(rows.reduce((a, b) => a + b, 0)).toBe(samples);
          expect(rows.slice(0, -1).every((n) => n === chunk)).toBe(true);
          expect(asked.map(({ first }) => first)).toEqual(rows.map((_, i) => i * chunk));
          expect(asked.map(({ part }) => part)).toEqual(rows.map((_, i) => foldIn(key(5), i)));
          expect(tf.memory().numTensors).toBe(before);
        },
      ),
      { numRuns: 40, seed: 2 },
    );
  });

  it('draws nothing twice, whatever the chunk', async () => {
    const drawn: number[] = [];
    const look = blackBox(
      (z) => {
        drawn.push(...z.dataSync());
        return 0;
      },
      { shape: [] },
    );
    const model = condition(
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* factor('look', look(z));
        yield* sample('x', normal(z, 1));
      }),
      { x: 5 },
    );
    for (const chunk of [1, 4, 7]) {
      drawn.length = 0;
      await evidence(model, sample('z', normal(2, 1)), { key: key(1), samples: 30, chunk });
      // The first run, which finds how the plates lie, has a draw of its own.
      expect(drawn.length).toBeGreaterThanOrEqual(30);
      expect(new Set(drawn.slice(-30)).size).toBe(30);
    }
  });
});
