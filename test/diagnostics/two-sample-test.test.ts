/** The kernel two-sample test. */
import * as tf from '@tensorflow/tfjs';
import { foldIn, key, useBackend } from 'marginalia';
import { twoSampleTest, uniformityTest } from 'marginalia/diagnostics';
import { gaussianKernel, maximumMeanDiscrepancy } from 'marginalia/objectives';
import { randomNormal } from 'marginalia/random';
import { beforeAll, expect, it } from 'vitest';

beforeAll(async () => {
  await useBackend('cpu')();
});

const draws = (name: string, count: number, width: number) =>
  tf.tensor2d(randomNormal(foldIn(key(7), name), count * width), [count, width]);

it('has the maximum mean discrepancy for its statistic, for samples of unequal size', () => {
  const [x, y] = [draws('x', 5, 2), tf.add(draws('y', 8, 2), 1)];
  const kernel = gaussianKernel(0.7);
  const { statistic } = twoSampleTest(x, y, { key: key(0), kernel, permutations: 1 });
  expect(statistic).toBeCloseTo(maximumMeanDiscrepancy(x, y, kernel).dataSync()[0] ?? NaN, 6);
});

it('takes the median distance of pairs for the scale of its kernel', () => {
  // Distances 1, 1, 1, 2, 2, 3 between pairs of 0, 1, 2 and 3: the fourth is the median.
  const [x, y] = [tf.tensor2d([[0], [1]]), tf.tensor2d([[2], [3]])];
  const { statistic } = twoSampleTest(x, y, { key: key(0), permutations: 1 });
  const expected = maximumMeanDiscrepancy(x, y, gaussianKernel(2)).dataSync()[0] ?? NaN;
  expect(statistic).toBeCloseTo(expected, 6);
});

it('counts the divisions that are as large, the given one among them', () => {
  // Of the 6 ways to divide four points into two pairs 2 are {0, 0.1} against {5, 5.1}: p is 1/3 in the mean,
  // 1000 divisions are off by more than 0.06 once in 10^4.
  const [x, y] = [tf.tensor2d([[0], [0.1]]), tf.tensor2d([[5], [5.1]])];
  const { pValue } = twoSampleTest(x, y, { key: key(3), permutations: 1000 });
  expect(Math.abs(pValue - 1 / 3)).toBeLessThan(0.06);
});

it('has uniform p-values where nothing is wrong, and small ones where the spread differs', () => {
  // Kolmogorov-Smirnov of 60: false alarm 0.001.
  const found = Array.from({ length: 60 }, (_, i) => {
    const [x, y] = [draws(`x${i}`, 12, 1), draws(`y${i}`, 15, 1)];
    return twoSampleTest(x, y, { key: foldIn(key(1), i), permutations: 99 }).pValue;
  });
  // Steps of 1/100 are moved to their middles.
  expect(uniformityTest(found.map((p) => p - 0.005)).pValue).toBeGreaterThan(0.001);
  const wide = tf.mul(draws('wide', 80, 1), 4);
  expect(twoSampleTest(draws('x', 80, 1), wide, { key: key(2) }).pValue).toBe(0.001);
});

it('refuses what is no two samples', () => {
  const ask = { key: key(0) };
  expect(() => twoSampleTest(draws('x', 1, 2), draws('y', 5, 2), ask)).toThrow(
    /at least two draws.*\[1, 2\] and \[5, 2\]; give a row for each draw/,
  );
  expect(() => twoSampleTest(draws('x', 3, 2), draws('y', 5, 1), ask)).toThrow(/equally many/);
  expect(() =>
    twoSampleTest(draws('x', 3, 2), draws('y', 5, 2), { ...ask, permutations: 0 }),
  ).toThrow(/permutations/);
});
