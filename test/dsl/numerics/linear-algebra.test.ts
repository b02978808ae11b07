/** Triangular linear algebra against double precision, for orders 1 to 9, batches and gradients. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import type { Tensor } from 'marginalia';
import { linearAlgebra } from 'marginalia/tensors';
import { type Numbers, numbersIn, toTensor } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { slopes as slopesOf } from '../../../src/testing/law/finite-differences.js';
import { logAbsDeterminant } from '../../../src/testing/distributions/log-determinant.js';

const {
  cholesky,
  diagonal,
  diagonalMatrix,
  logAbsDet,
  matMul,
  matVec,
  strictlyLower,
  strictlyLowerEntries,
  triangularInverse,
  triangularLogDet,
  triangularSolve,
} = linearAlgebra;

type Matrix = readonly (readonly number[])[];

const numbers = (x: Tensor): readonly number[] => [...x.dataSync()];
const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
const orders = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** A lower-triangular matrix with a diagonal between 0.5 and 1.5, in float32. */
const factors = (k: number): fc.Arbitrary<Matrix> =>
  numbersIn([k, k], -0.5, 0.5).map(({ values }) =>
    Array.from({ length: k }, (_, i) =>
      Array.from({ length: k }, (__, j) => {
        const entry = values[i * k + j] ?? 0;
        return j > i ? 0 : i === j ? entry + 1 : entry;
      }),
    ),
  );

const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => (b[0] ?? []).map((_, j) => sum(row.map((x, i) => x * (b[i]?.[j] ?? NaN)))));
const transposed = (a: Matrix): Matrix => (a[0] ?? []).map((_, j) => a.map((row) => row[j] ?? NaN));
const identity = (k: number): Matrix =>
  Array.from({ length: k }, (_, i) => Array.from({ length: k }, (__, j) => (i === j ? 1 : 0)));
const tensorOf = (a: Matrix): Tensor => tf.tensor2d(a.map((row) => [...row]));

const expectClose = (received: Tensor, expected: readonly number[], slack = 1e-4): void => {
  const got = numbers(received);
  expect(got).toHaveLength(expected.length);
  got.forEach((g, i) => {
    const e = expected[i] ?? NaN;
    expect(Math.abs(g - e), `${g} for ${e}`).toBeLessThanOrEqual(slack * (1 + Math.abs(e)));
  });
};

describe.each(orders)('order %d', (k) => {
  const runs = { numRuns: 10 };
  const each = (law: (factor: Matrix) => void): void =>
    fc.assert(fc.property(factors(k), law), runs);

  it('the Cholesky factor of L Lᵀ is L, and only its lower triangle is read', () =>
    each((factor) => {
      const a = times(factor, transposed(factor));
      const poisoned = a.map((row, i) => row.map((x, j) => (j > i ? NaN : x)));
      expectClose(cholesky(tensorOf(poisoned)), factor.flat(), 1e-3);
    }));

  it('the inverse times the factor is the identity, and is lower triangular', () =>
    each((factor) => {
      const inverse = triangularInverse(tensorOf(factor));
      expectClose(matMul(inverse, tensorOf(factor)), identity(k).flat());
      numbers(inverse).forEach((x, at) => {
        if (at % k > Math.floor(at / k)) expect(x).toBe(0);
      });
    }));

  it('any system undoes its product, whatever the order of its rows', () =>
    each((factor) => {
      const a = times(factor, transposed(factor)).toReversed();
      const v = Array.from({ length: k }, (_, i) => Math.sin(i + 1));
      expectClose(linearAlgebra.solve(tensorOf(a), matVec(tensorOf(a), tf.tensor1d(v))), v, 2e-2);
      expectClose(logAbsDet(tensorOf(a)), [logAbsDeterminant(a)], 1e-3);
    }));

  it('a solve undoes a product, and the log determinant is that of elimination', () =>
    each((factor) => {
      const v = Array.from({ length: k }, (_, i) => Math.sin(i + 1));
      const product = matVec(tensorOf(factor), tf.tensor1d(v));
      expectClose(product, times(factor, transposed([v])).flat());
      expectClose(triangularSolve(tensorOf(factor), product), v, 1e-3);
      expectClose(triangularLogDet(tensorOf(factor)), [logAbsDeterminant(factor)]);
    }));

  it('entries below the diagonal go to their place and back', () => {
    const count = (k * (k - 1)) / 2;
    const entries = tf.tensor2d(
      Array.from({ length: 2 * count }, (_, i) => i + 1),
      [2, count],
    );
    const placed = strictlyLower(entries, k);
    expect(placed.shape).toEqual([2, k, k]);
    expect(numbers(strictlyLowerEntries(placed))).toEqual(numbers(entries));
    const places = numbers(placed)
      .slice(0, k * k)
      .flatMap((x, at) => (x === 0 ? [] : [at]));
    const below = Array.from({ length: k * k }, (_, at) => at);
    expect(places).toEqual(below.filter((at) => at % k < Math.floor(at / k)));
    expect(() => strictlyLower(tf.zeros([count + 1]), k)).toThrow(`expected ${count} entries`);
  });

  it('a diagonal comes back from its matrix', () => {
    const d = tf.tensor2d(
      Array.from({ length: 3 * k }, (_, i) => i + 1),
      [3, k],
    );
    expect(diagonalMatrix(d).shape).toEqual([3, k, k]);
    expect(numbers(diagonal(diagonalMatrix(d)))).toEqual(numbers(d));
    expect(sum(numbers(diagonalMatrix(d)))).toBe(sum(numbers(d)));
  });
});

describe('a batch', () => {
  const pair = [
    [
      [2, 0],
      [1, 3],
    ],
    [
      [1, 0],
      [-2, 0.5],
    ],
  ] as const;
  const batch = tf.tensor3d(pair.map((m) => m.map((row) => [...row])));
  const each = pair.map((m) => tensorOf(m));
  const stacked = (f: (m: Tensor) => Tensor): readonly number[] =>
    each.flatMap((m) => numbers(f(m)));

  it('is taken matrix by matrix', () => {
    expectClose(triangularInverse(batch), stacked(triangularInverse));
    expectClose(triangularLogDet(batch), stacked(triangularLogDet));
    expectClose(diagonal(batch), [2, 3, 1, 0.5]);
    const square = matMul(batch, tf.transpose(batch, [0, 2, 1]));
    expectClose(cholesky(square), numbers(batch));
  });

  it('broadcasts with vectors and matrices on either side', () => {
    const v = [1, -1];
    expectClose(matVec(batch, tf.tensor1d(v)), [2, -2, 1, -2.5]);
    const many = tf.tensor3d([[v, [0, 1]]]);
    expect(matVec(tensorOf(pair[0]), many).shape).toEqual([1, 2, 2]);
    expectClose(matVec(tensorOf(pair[0]), many), [2, -2, 0, 3]);
    expect(triangularSolve(batch, tf.zeros([3, 1, 2])).shape).toEqual([3, 2, 2]);
    expect(matMul(batch, tensorOf(pair[0])).shape).toEqual([2, 2, 2]);
    expectClose(matMul(batch, tensorOf(pair[0])), [4, 0, 5, 9, 2, 0, -3.5, 1.5]);
    expect(matMul(tf.zeros([3, 1, 2, 2]), batch).shape).toEqual([3, 2, 2, 2]);
    expect(() => matMul(batch, tf.zeros([3, 2, 2]))).toThrow(/matMul.*do not broadcast/);
  });
});

describe.each([16, 17, 33, 70])('a solve of order %d, in parts', (k) => {
  /** Well conditioned at every order, so that float32 says what is wrong. */
  const entry = (i: number, j: number, seed: number): number =>
    j > i
      ? 0
      : i === j
        ? 1 + Math.sin(seed + i) / 3
        : Math.sin(seed + 3 * i + 7 * j) / Math.sqrt(k);
  const factor = (seed: number): Matrix =>
    Array.from({ length: k }, (_, i) => Array.from({ length: k }, (__, j) => entry(i, j, seed)));
  const vector = (seed: number): readonly number[] =>
    Array.from({ length: k }, (_, i) => Math.cos(seed + 2 * i));
  const stack = tf.stack([tensorOf(factor(1)), tensorOf(factor(2))]);

  it('undoes the product, matrix by matrix, for vectors of any left axes', () => {
    const xs = [1, 2, 3].map(vector);
    const v = tf.tensor3d(xs.map((x) => [[...x]]));
    const expected = xs.flatMap((x) => [...x, ...x]);
    const products = matVec(stack, v);
    expect(products.shape).toEqual([3, 2, k]);
    expectClose(triangularSolve(stack, products), expected);
    const one = matVec(tensorOf(factor(1)), tf.reshape(v, [3, k]));
    expectClose(triangularSolve(tensorOf(factor(1)), one), xs.flat());
  });

  it('is the product with the inverse, as are its gradients', () => {
    const v = tf.tensor3d([1, 2, 3].map((seed) => [[...vector(seed)]]));
    const by = (solve: (l: Tensor, x: Tensor) => Tensor) =>
      tf.grads((l: Tensor, x: Tensor) => tf.sum(tf.sin(solve(l, x))))([stack, v]);
    const [lower, vectors] = by((l, x) => matVec(triangularInverse(l), x));
    const [received, moved] = by(triangularSolve);
    if (!lower || !vectors || !received || !moved) throw new Error('two gradients of two');
    // What lies above the diagonal counts for neither.
    const keep = (g: Tensor): Tensor => tf.linalg.bandPart(g, -1, 0);
    expectClose(keep(received), numbers(keep(lower)), 1e-3);
    expectClose(moved, numbers(vectors), 1e-3);
  });
});

describe('entries of a large matrix', () => {
  const k = 40;
  const count = (k * (k - 1)) / 2;
  const entries = tf.tensor2d(
    Array.from({ length: 2 * count }, (_, i) => Math.sin(i)),
    [2, count],
  );
  const square = tf.tensor3d(
    Array.from({ length: 2 * k * k }, (_, i) => Math.cos(i)),
    [2, k, k],
  );

  it('go to their place and back', () => {
    const placed = strictlyLower(entries, k);
    expect(numbers(placed).slice(0, 2 * k + 2)).toEqual(
      Array.from({ length: 2 * k + 2 }, (_, at) =>
        at === k
          ? Math.fround(Math.sin(0))
          : at > 2 * k - 1
            ? Math.fround(Math.sin(at - 2 * k + 1))
            : 0,
      ),
    );
    expect(numbers(strictlyLowerEntries(placed))).toEqual(numbers(entries));
  });

  it('have the gradient of their place, and its gradient', () => {
    const cubes = (x: Tensor): Tensor => tf.sum(tf.mul(x, tf.square(x)));
    const slopes = tf.grad((x: Tensor) => cubes(strictlyLower(x, k)))(entries);
    expectClose(slopes, numbers(tf.mul(3, tf.square(entries))));
    const inside = tf.grad((x: Tensor) => cubes(strictlyLowerEntries(x)))(square);
    const lower = strictlyLower(strictlyLowerEntries(square), k);
    expectClose(inside, numbers(tf.mul(3, tf.square(lower))));
    const twice = tf.grad((x: Tensor) =>
      tf.sum(tf.grad((y: Tensor) => cubes(strictlyLower(y, k)))(x)),
    )(entries);
    expectClose(twice, numbers(tf.mul(6, entries)));
  });
});

describe('gradients are the derivatives', () => {
  const k = 3;
  const factor = { shape: [k, k], values: [1.5, 0, 0, -0.5, 0.8, 0, 0.7, 0.3, 1.2] };
  const square = { shape: [k, k], values: [2, 0.5, -0.3, 0.5, 1.5, 0.4, -0.3, 0.4, 1] };
  const vector = { shape: [k], values: [0.5, -1, 2] };
  const pair = { shape: [2, k], values: [0.5, -1, 2, 1, 0, -2] };
  const cases: readonly (readonly [string, Numbers, (x: Tensor) => Tensor])[] = [
    ['cholesky', square, cholesky],
    ['triangularInverse', factor, triangularInverse],
    ['triangularLogDet', factor, triangularLogDet],
    ['triangularSolve in the matrix', factor, (l) => triangularSolve(l, toTensor(pair))],
    ['triangularSolve in the vectors', pair, (v) => triangularSolve(toTensor(factor), v)],
    ['matVec in the matrix', factor, (l) => matVec(l, toTensor(pair))],
    ['matVec in the vector', vector, (v) => matVec(tf.stack([toTensor(factor)]), v)],
    ['matMul in the narrow side', square, (a) => matMul(a, tf.ones([2, k, k]))],
    ['strictlyLower', vector, (v) => strictlyLower(v, k)],
    ['strictlyLowerEntries', square, strictlyLowerEntries],
    ['diagonalMatrix', vector, diagonalMatrix],
    ['diagonal', square, diagonal],
  ];
  it.each(cases)('%s', (_, at, f) => {
    const weighted = (x: Tensor): Tensor => tf.sum(tf.sin(tf.add(f(x), 0.5)));
    const received = numbers(tf.grad(weighted)(toTensor(at)));
    at.values.forEach((x, i) => {
      const [expected] = slopesOf(
        (t) => numbers(weighted(toTensor({ ...at, values: at.values.with(i, x + t) }))),
        { precision: 'single', wanted: () => 1e-3 },
      );
      expect(received[i]).toBeCloseTo(expected?.value ?? NaN, 3);
    });
  });
});

it('a factor is found in double precision: the log determinant of a nearly singular matrix', () => {
  const k = 20;
  // As float32 has them: both sides are given the same numbers.
  const a: Matrix = Array.from({ length: k }, (__, i) =>
    Array.from({ length: k }, (_, j) =>
      Math.fround(Math.exp(-(((i - j) / k) ** 2) / 2) + (i === j ? 1e-5 : 0)),
    ),
  );
  const found = numbers(tf.mul(2, triangularLogDet(cholesky(tensorOf(a)))))[0] ?? NaN;
  // In single precision it is off by .0016.
  expect(Math.abs(found - logAbsDeterminant(a))).toBeLessThan(2e-5);
});

describe('what has no factor', () => {
  it('gives NaN from the column where it shows', () => {
    const l = numbers(
      cholesky(
        tf.tensor2d([
          [1, 2],
          [2, 1],
        ]),
      ),
    );
    expect(l.slice(0, 3)).toEqual([1, 0, 2]);
    expect(l[3]).toBeNaN();
    const inverse = numbers(
      triangularInverse(
        tf.tensor2d([
          [1, 0],
          [1, 0],
        ]),
      ),
    );
    expect(inverse.every(Number.isNaN)).toBe(true);
  });
});
