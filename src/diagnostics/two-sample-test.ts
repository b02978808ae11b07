import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { callable, checkOptions, required, whole } from '../../dsl/refusals/options.js';
import { type KernelFunction, gaussianKernel } from '../bounds/maximum-mean-discrepancy.js';
import { type Key, foldIn, permutation } from '../random/index.js';
import { keyRule } from '../random/key-rule.js';
import type { TestResult } from './rank-tests.js';

export interface TwoSampleOptions {
  readonly key: Key;
  /** The Gaussian one whose scale is the median distance of all pairs where it is left out. */
  readonly kernel?: KernelFunction;
  /** How many random divisions of all draws the one that is given is held against; 999 where it is left out. */
  readonly permutations?: number;
}

/** |a − b|² of all pairs of draws, `[count, count]`. */
const squaredDistances = (draws: Tensor): Tensor =>
  tf.sum(tf.square(tf.sub(tf.expandDims(draws, 1), tf.expandDims(draws, 0))), -1);

/** The median distance of two different draws. */
const medianDistance = (squared: ArrayLike<number>, count: number): number => {
  const pairs = new Float32Array((count * (count - 1)) / 2);
  let at = 0;
  for (let i = 1; i < count; i += 1) {
    for (let j = 0; j < i; j += 1) pairs[at++] = squared[i * count + j] ?? Number.NaN;
  }
  return Math.sqrt(pairs.toSorted()[Math.floor(pairs.length / 2)] ?? Number.NaN);
};

const checkDraws = (x: Tensor, y: Tensor): void => {
  const fits = x.rank === 2 && y.rank === 2 && x.shape[1] === y.shape[1];
  if (fits && Math.min(x.shape[0] ?? 0, y.shape[0] ?? 0) >= 2) return;
  throw new RangeError(
    'twoSampleTest: expected two tables of at least two draws, of equally many entries, but got shapes ' +
      `[${x.shape.join(', ')}] and [${y.shape.join(', ')}]; give a row for each draw.`,
  );
};

/** Their kernel, with a diagonal of zeros: a draw is no pair with itself. */
const kernelOf = (x: Tensor, y: Tensor, asked: KernelFunction | undefined): Float32Array =>
  tf.tidy(() => {
    const squared = squaredDistances(tf.concat([x, y]));
    const count = squared.shape[0] ?? 0;
    const kernel = asked ?? gaussianKernel(medianDistance(squared.dataSync(), count));
    const values = Float32Array.from(kernel(squared).dataSync());
    for (let i = 0; i < count; i += 1) values[i * count + i] = 0;
    return values;
  });

/**
 * The test that draws `x` `[n, d]` and `y` `[m, d]` come from one law: its statistic is their squared maximum
 * mean discrepancy (`maximumMeanDiscrepancy`), its p-value the share of random divisions of all draws into n
 * and m whose discrepancy is as large, (1 + how many) / (1 + permutations).
 *
 * - The p-value holds for any number of draws, any kernel and any law, if draws are independent: nothing is
 *   asymptotic. It is never below 1 / (1 + permutations).
 * - Where x was fitted to y, or to its law, it says how well by draws that no fit saw.
 * - Cost: of order (n + m)² numbers in memory, n² of them summed for each division.
 * - Errors: fewer than two draws of either, or entries that differ, are a `RangeError`.
 * - Source: Gretton et al. 2012, A Kernel Two-Sample Test, lemma 6 and sections 5 and 8,
 *   https://jmlr.org/papers/v13/gretton12a.html; Phipson and Smyth 2010, Permutation p-values should never be
 *   zero, arXiv:1603.05766.
 *
 * @example
 * ```ts
 * const draws = (name: string, shift: number) =>
 *   tf.add(tf.tensor2d(randomNormal(foldIn(key(0), name), 100), [50, 2]), shift);
 * const { pValue } = twoSampleTest(draws('x', 0), draws('y', 1), { key: key(1) });
 * pValue; // 0.001
 * twoSampleTest(draws('x', 0), draws('y', 0), { key: key(1) }).pValue > 0.01; // true
 * ```
 */
export const twoSampleTest = (x: Tensor, y: Tensor, options: TwoSampleOptions): TestResult => {
  checkOptions('twoSampleTest', options, {
    key: required(keyRule),
    kernel: callable('gaussianKernel(1)'),
    permutations: whole(),
  });
  const { key, kernel, permutations = 999 } = options;
  checkDraws(x, y);
  const [n, m] = [x.shape[0] ?? 0, y.shape[0] ?? 0];
  const count = n + m;
  const values = kernelOf(x, y, kernel);
  const rowSums = Float64Array.from({ length: count }, (_, i) =>
    values.subarray(i * count, (i + 1) * count).reduce((a, b) => a + b, 0),
  );
  const total = rowSums.reduce((a, b) => a + b, 0);
  /** The discrepancy where the first n of an order are x: all follows from the sum over pairs of these. */
  const discrepancy = (order: Int32Array): number => {
    let [within, rows] = [0, 0];
    for (let i = 0; i < n; i += 1) {
      const at = (order[i] ?? 0) * count;
      rows += rowSums[order[i] ?? 0] ?? 0;
      for (let j = 0; j < n; j += 1) within += values[at + (order[j] ?? 0)] ?? 0;
    }
    const across = rows - within;
    const others = total - within - 2 * across;
    return within / (n * (n - 1)) + others / (m * (m - 1)) - (2 * across) / (n * m);
  };
  const statistic = discrepancy(Int32Array.from({ length: count }, (_, i) => i));
  let asLarge = 0;
  for (let k = 0; k < permutations; k += 1) {
    if (discrepancy(permutation(foldIn(key, k), count)) >= statistic) asLarge += 1;
  }
  return { statistic, pValue: (1 + asLarge) / (1 + permutations) };
};
