/** That what runs on a backend keeps float32's digits in sums of a million terms and more. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  type Tensor,
  elbo,
  key,
  normal,
  observe,
  param,
  plate,
  program,
  sgd,
  shared,
  svi,
  useBackend,
} from 'marginalia';
import { of } from 'marginalia/monad';
import { alike, longSums } from './long-sum-cases.js';

/** Of what is added up: float32 itself has 6e-8. */
const MOST = 1e-6;

describe.each(['wasm', 'cpu'] as const)('sums on %s', (backend) => {
  it.each(longSums)('$name', async ({ inputs, f, exact }) => {
    await useBackend(backend)();
    const found = tf.tidy(() => {
      const tensors = Object.entries(inputs).map(([name, x]) => [name, tf.tensor1d(x)] as const);
      return f(Object.fromEntries(tensors)).dataSync();
    });
    const expected = exact();
    expect(found).toHaveLength(expected.length);
    expected.forEach(({ value, size }, i) =>
      expect(Math.abs((found[i] ?? NaN) - value) / size).toBeLessThan(MOST),
    );
  });

  it('of no terms, and of none of them, without a word', async () => {
    await useBackend(backend)();
    for (const [m, inner, n] of [
      [2, 0, 1],
      [2, 3, 0],
      [0, 3, 2],
    ] as const) {
      const found = tf.matMul(tf.ones([m, inner]), tf.ones([inner, n]));
      expect(found.shape).toEqual([m, n]);
      expect([...found.dataSync()]).toEqual(Array.from({ length: m * n }, () => 0));
    }
  });

  it('of ten million', async () => {
    await useBackend(backend)();
    const x = alike(1e7);
    const found = tf.tidy(() => tf.sum(tf.tensor1d(x)).dataSync()[0]);
    expect((found ?? NaN) / (1e7 * (x[0] ?? 0))).toBeCloseTo(1, 6);
  });

  // The tape of `cpu` takes seconds for ten million, whose sums are those above.
  it.each(backend === 'wasm' ? [1e6, 1e7] : [1e6])(
    'a loss and its gradient over %i data',
    async (size) => {
      await useBackend(backend)();
      const xs = Float32Array.from({ length: size }, (_, i) => 1 + (i % 7) / 10);
      const x = tf.tensor1d(xs);
      const inference = svi({
        model: (batch: Tensor) =>
          plate(
            'data',
            size,
            program(function* () {
              yield* observe('x', normal(yield* shared(param('loc', 0)), 1), batch);
            }),
          ),
        guide: () => of({}),
        objective: elbo(),
        optimizer: sgd(0.1),
      });
      const state = inference.init(key(0), x);
      const [loss, slope] = tf.tidy(() => [
        inference.evaluate(state, x).loss.dataSync()[0] ?? NaN,
        inference.gradients(state, x)['loc']?.dataSync()[0] ?? NaN,
      ]);
      const right = xs.reduce((sum, v) => sum + 0.5 * v * v + 0.5 * Math.log(2 * Math.PI), 0);
      const total = xs.reduce((sum, v) => sum + v, 0);
      expect(Math.abs((loss ?? NaN) / right - 1)).toBeLessThan(MOST);
      expect(Math.abs((slope ?? NaN) / -total - 1)).toBeLessThan(MOST);
      if (size === 1e6) expect([right, -total].map(Math.round)).toEqual([1_783_938, -1_300_000]);
      x.dispose();
    },
  );
});
