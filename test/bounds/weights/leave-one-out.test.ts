/** Power means without one weight: against the same in double precision, weight by weight. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from 'marginalia';
import { logPowerMeanOfOthers } from '../../../src/bounds/weights/leave-one-out.js';
import { weightedMean, normalisedWeights } from '../../../src/bounds/weights/normalised-weights.js';
import { compiledBy } from '../../compile/compiled-values.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

/** log (1/K Σ v_j^t)^(1/t) with v_k the geometric mean of the others, in double precision. */
const expected = (weights: readonly number[], k: number, order: number): number => {
  const own = mean(weights.toSpliced(k, 1));
  const all = weights.with(k, own);
  if (order === 0) return own;
  if (order < 0 && all.includes(-Infinity)) return -Infinity;
  const scaled = all.map((x) => order * x);
  const peak = Math.max(...scaled);
  if (peak === -Infinity) return -Infinity;
  return (peak + Math.log1p(mean(scaled.map((x) => Math.expm1(x - peak))))) / order;
};

const gap = (found: number, right: number, size: number): number =>
  Object.is(found, right) ? 0 : Math.abs(found - right) / size;

describe('the power mean of the others', () => {
  const weight = fc.oneof(
    { arbitrary: fc.double({ min: -50, max: 50, noNaN: true }).map(Math.fround), weight: 6 },
    { arbitrary: fc.constantFrom(-Infinity, 0, -1000, 900), weight: 1 },
  );
  const order = fc.constantFrom(1, 2, 0.5, 0, -1, 1e-3);

  it('is that of the weights with its own replaced, one weight being far above or below too', () => {
    fc.assert(
      fc.property(fc.array(weight, { minLength: 2, maxLength: 6 }), order, (weights, t) => {
        const found = tf.tidy(() => logPowerMeanOfOthers(tf.tensor1d(weights), t).dataSync());
        const size = Math.max(1, ...weights.filter(Number.isFinite).map(Math.abs));
        weights.forEach((_, k) => {
          const right = expected(weights, k, t);
          const most = Number.isFinite(right) ? Math.max(size, Math.abs(right)) : size;
          expect(gap(found[k] ?? NaN, right, most)).toBeLessThan(1e-6);
        });
      }),
      { numRuns: 300, seed: 9 },
    );
  });

  it.each(['onnxruntime', 'loops'] as const)(
    'is the same by %s, a column for each datum',
    async (way) => {
      const weights = tf.tensor2d([
        [0, -3, 5],
        [80, -3.5, 5],
        [-2, -Infinity, 5],
      ]);
      const { y } = await compiledBy(
        way,
        ({ x = weights }) => ({ y: logPowerMeanOfOthers(x, 1) }),
        {
          x: weights,
        },
      );
      const found = y?.arraySync() as number[][];
      [0, 1, 2].forEach((column) => {
        const own = (weights.arraySync() as number[][]).map((row) => row[column] ?? NaN);
        own.forEach((_, k) =>
          expect(gap(found[k]?.[column] ?? NaN, expected(own, k, 1), 80)).toBeLessThan(1e-6),
        );
      });
    },
  );

  it('of 200,000 weights takes no square of them', () => {
    const weights = Array.from({ length: 200_000 }, (_, i) => Math.sin(i));
    const found = tf.tidy(() => logPowerMeanOfOthers(tf.tensor1d(weights), 1).dataSync());
    const total = weights.reduce((a, x) => a + Math.exp(x), 0);
    const sum = weights.reduce((a, x) => a + x, 0);
    const [own = 0] = weights;
    const others = total - Math.exp(own) + Math.exp((sum - own) / (weights.length - 1));
    expect(found[0]).toBeCloseTo(Math.log(others / weights.length), 6);
  });
});

describe('the weighted mean', () => {
  it.each([3, 7, 1000, 100_000])('of %i equal log weights is that log weight', (particles) => {
    const weights = tf.fill([particles, 2], Math.fround(-2.8523));
    const found = weightedMean(normalisedWeights(weights), weights).dataSync();
    expect([...found]).toEqual([Math.fround(-2.8523), Math.fround(-2.8523)]);
  });
});
