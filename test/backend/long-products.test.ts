/** Long products of matrices on `wasm`, which are added up block by block. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it, vi } from 'vitest';
import { useBackend } from 'marginalia';

beforeAll(async () => {
  await useBackend('wasm')();
});

const [STACKS, M, INNER, N] = [2, 70, 1100, 66];

const left = (s: number, i: number, k: number): number => (s + 2 * i + 3 * k) % 5;
const right = (s: number, k: number, j: number): number => (4 * s + k + 2 * j) % 7;

const stacked = (
  rows: number,
  columns: number,
  f: (s: number, i: number, j: number) => number,
): tf.Tensor =>
  tf.tensor(
    Float32Array.from({ length: STACKS * rows * columns }, (_, at) =>
      f(Math.floor(at / columns / rows), Math.floor(at / columns) % rows, at % columns),
    ),
    [STACKS, rows, columns],
  );

it.each([
  [false, false],
  [false, true],
  [true, false],
  [true, true],
])('are those of whole numbers, transposed %s and %s', (transposeA, transposeB) => {
  const found = tf.tidy(() => {
    const a = transposeA ? stacked(INNER, M, (s, k, i) => left(s, i, k)) : stacked(M, INNER, left);
    const b = transposeB
      ? stacked(N, INNER, (s, j, k) => right(s, k, j))
      : stacked(INNER, N, right);
    return tf.matMul(a, b, transposeA, transposeB).dataSync();
  });
  const expected = Float32Array.from({ length: STACKS * M * N }, (_, at) => {
    const [s, i, j] = [Math.floor(at / N / M), Math.floor(at / N) % M, at % N];
    let sum = 0;
    for (let k = 0; k < INNER; k += 1) sum += left(s, i, k) * right(s, k, j);
    return sum;
  });
  expect(found).toEqual(expected);
});

it('do not copy their operands once for each block', () => {
  const copied = vi.spyOn(tf.backend(), 'readSync');
  const found = tf.tidy(() => {
    const product = tf.matMul(tf.ones([100_000, 80]), tf.ones([100_000, 80]), true);
    expect(copied).not.toHaveBeenCalled();
    return product.dataSync();
  });
  expect(new Set(found)).toEqual(new Set([100_000]));
});
