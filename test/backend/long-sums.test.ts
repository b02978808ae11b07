/** That what runs on a backend keeps float32's digits in sums of a million terms and more. */
import * as tf from '@tensorflow/tfjs';
import { afterAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/index.js';
import { alike, longSums } from '../long-sum-cases.js';

afterAll(async () => {
  await useBackend('cpu')();
});

/** Of what is added up: float32 itself has 6e-8. */
const MOST = 1e-6;

describe.each(['wasm', 'cpu'] as const)('sums on %s', (backend) => {
  it.each(longSums)('$name', async ({ inputs, f, exact, most = MOST }) => {
    await useBackend(backend)();
    const found = tf.tidy(() => {
      const tensors = Object.entries(inputs).map(([name, x]) => [name, tf.tensor1d(x)] as const);
      return f(Object.fromEntries(tensors)).dataSync();
    });
    const expected = exact();
    expect(found).toHaveLength(expected.length);
    expected.forEach(({ value, size }, i) =>
      expect(Math.abs((found[i] ?? NaN) - value) / size).toBeLessThan(most),
    );
  });

  it('of ten million', async () => {
    await useBackend(backend)();
    const x = alike(1e7);
    const found = tf.tidy(() => tf.sum(tf.tensor1d(x)).dataSync()[0]);
    expect((found ?? NaN) / (1e7 * (x[0] ?? 0))).toBeCloseTo(1, 6);
  });
});
