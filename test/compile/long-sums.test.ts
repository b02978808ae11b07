/** That every executor keeps float32's digits in sums of a million terms and more. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Tensor, normal, useBackend } from 'marginalia';
import { compiledBy } from './compiled-values.js';
import { type LongSum, alike, longSums, sevenths } from '../backend/long-sum-cases.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const ofTenMillion: LongSum = {
  name: 'ten million terms',
  inputs: { x: alike(1e7) },
  f: ({ x = tf.scalar(NaN) }) => tf.sum(x),
  exact: () => [{ value: 1e7 * Math.fround(1.78), size: 1e7 * 1.78 }],
};

const ROWS = 40_000;
const COLUMNS = 70;

const ofManyResults: LongSum = {
  name: 'a large product of long rows',
  inputs: { x: alike(ROWS * COLUMNS) },
  f: ({ x = tf.scalar(NaN) }) => {
    const rows = tf.reshape(x, [ROWS, COLUMNS]);
    return tf.matMul(rows, rows, true, false);
  },
  exact: () => {
    const value = ROWS * Math.fround(1.78) ** 2;
    return Array.from({ length: COLUMNS ** 2 }, () => ({ value, size: value }));
  },
};

/** Of what is added up: float32 itself has 6e-8. */
const MOST = 1e-6;

describe.each(['onnxruntime', 'segments', 'loops'] as const)('sums by %s', (way) => {
  it.each([...longSums, ofTenMillion, ofManyResults])(
    '$name',
    async ({ inputs, f, exact, left }) => {
      const tensors = Object.fromEntries(
        Object.entries(inputs).map(([name, x]) => [name, tf.tensor1d(x)]),
      );
      const found = await compiledBy(way, (given) => ({ y: f(given) }), tensors);
      const values = found['y']?.dataSync() ?? [];
      const expected = exact();
      const most = left === true && way !== 'loops' ? 3 * MOST : MOST;
      expect(values).toHaveLength(expected.length);
      expected.forEach(({ value, size }, i) =>
        expect(Math.abs((values[i] ?? NaN) - value) / size).toBeLessThan(most),
      );
      tf.dispose([tensors, found]);
    },
  );

  it('a loss and its gradient over three million data', async () => {
    const xs = sevenths(3e6);
    const given = { x: tf.tensor1d(xs), loc: tf.scalar(0) };
    const { loss, slope } = await compiledBy(
      way,
      ({ x = given.x, loc = given.loc }) => {
        const minus = (at: Tensor): Tensor => tf.neg(tf.sum(normal(at, 1).logProb(x)));
        return { loss: minus(loc), slope: tf.grad(minus)(loc) };
      },
      given,
    );
    const right = xs.reduce((sum, v) => sum + 0.5 * v * v + 0.5 * Math.log(2 * Math.PI), 0);
    const total = xs.reduce((sum, v) => sum + v, 0);
    expect(Math.abs((loss?.dataSync()[0] ?? NaN) / right - 1)).toBeLessThan(MOST);
    expect(Math.abs((slope?.dataSync()[0] ?? NaN) / -total - 1)).toBeLessThan(MOST);
  });
});
