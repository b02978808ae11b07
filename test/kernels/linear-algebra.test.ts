/** Factors of matrices and triangular systems: their derivatives, batching and executors. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import { gramCholesky, scaleOfPrecision } from '../../dsl/numerics/matrices/covariance-factors.js';
import { recurrence } from '../../dsl/numerics/series/recurrence.js';
import { solveRowsOf } from '../../dsl/numerics/matrices/elimination.js';
import { solveRows, swapped } from '../../dsl/numerics/matrices/factors.js';
import type { Tensor } from 'marginalia';
import { type Shape, linearAlgebra } from 'marginalia/tensors';
import { linearAlgebra as room } from '../../src/kernels/linear-algebra/index.js';
import { kernelLaws, startBackends } from './laws/law.js';
import { type Use, inputOf, reals } from './laws/use.js';

beforeAll(startBackends);

const sizes = fc.record({
  left: fc.constantFrom<Shape>([], [2], [2, 1]),
  k: fc.integer({ min: 1, max: 4 }),
  rows: fc.integer({ min: 1, max: 3 }),
});

/** x xᵀ + 1, which is positive definite. */
const positive = (x: Tensor): Tensor =>
  tf.add(tf.matMul(x, swapped(x)), tf.eye(x.shape.at(-1) ?? 1));

const factored: fc.Arbitrary<Use> = sizes.chain(({ left, k }) =>
  fc.record({ x: reals([...left, k, k]) }).map((inputs) => ({
    inputs,
    f: (all) => linearAlgebra.cholesky(positive(inputOf(all, 'x'))),
  })),
);

/** By a matrix that has something above its diagonal too, which is not read. */
const solved: fc.Arbitrary<Use> = fc
  .tuple(sizes, fc.boolean())
  .chain(([{ left, k, rows }, adjoint]) =>
    fc.record({ l: reals([...left, k, k]), b: reals([...left, rows, k]) }).map((inputs) => ({
      inputs,
      f: (all) =>
        solveRows(tf.add(inputOf(all, 'l'), tf.mul(tf.eye(k), 4)), inputOf(all, 'b'), adjoint),
      told: { adjoint },
    })),
  );

/** By a matrix whose systems need their rows in another order. */
const turned = (x: Tensor): Tensor => {
  const k = x.shape.at(-1) ?? 1;
  const shift = Array.from({ length: k * k }, (_, at) =>
    Number(at % k === (Math.floor(at / k) + 1) % k),
  );
  return tf.add(x, tf.mul(tf.tensor2d(shift, [k, k]), 4));
};

const solvedByAny: fc.Arbitrary<Use> = fc
  .tuple(sizes, fc.boolean())
  .chain(([{ left, k, rows }, adjoint]) =>
    fc.record({ a: reals([...left, k, k]), b: reals([...left, rows, k]) }).map((inputs) => ({
      inputs,
      f: (all) => solveRowsOf(turned(inputOf(all, 'a')), inputOf(all, 'b'), adjoint),
      told: { adjoint },
    })),
  );

const determined: fc.Arbitrary<Use> = sizes.chain(({ left, k }) =>
  fc.record({ x: reals([...left, k, k]) }).map((inputs) => ({
    inputs,
    f: (all) => linearAlgebra.logAbsDet(turned(inputOf(all, 'x'))),
  })),
);

const gram: fc.Arbitrary<Use> = sizes.chain(({ left, k, rows }) =>
  fc.record({ v: reals([...left, k, rows]), d: reals([...left, k]) }).map((inputs) => ({
    inputs,
    f: (all) => gramCholesky(inputOf(all, 'v'), tf.add(tf.square(inputOf(all, 'd')), 0.5)),
  })),
);

const inverted: fc.Arbitrary<Use> = fc.tuple(sizes, fc.boolean()).chain(([{ left, k }, isFactor]) =>
  fc.record({ x: reals([...left, k, k]) }).map((inputs) => ({
    inputs,
    f: (all) => {
      const x = inputOf(all, 'x');
      return isFactor
        ? scaleOfPrecision(tf.add(x, tf.mul(tf.eye(k), 4)), true)
        : scaleOfPrecision(positive(x), false);
    },
    told: { isFactor },
  })),
);

const recurrent: fc.Arbitrary<Use> = fc
  .tuple(sizes, fc.integer({ min: 1, max: 3 }))
  .chain(([{ left, k }, order]) =>
    fc.record({ coefficients: reals([...left, order]), e: reals([...left, k]) }).map((inputs) => ({
      inputs,
      f: (all) => recurrence(tf.div(inputOf(all, 'coefficients'), 4), inputOf(all, 'e')),
    })),
  );

kernelLaws('linear-algebra', room, [
  { kernel: 'Cholesky', uses: factored, smooth: true },
  { kernel: 'GramCholesky', uses: gram, smooth: true },
  { kernel: 'LinearRecurrence', uses: recurrent, smooth: true },
  { kernel: 'ScaleOfPrecision', uses: inverted, smooth: true },
  { kernel: 'LogAbsDet', uses: determined, smooth: true },
  { kernel: 'MatrixSolve', uses: solvedByAny, smooth: true },
  { kernel: 'TriangularSolve', uses: solved, smooth: true },
]);
