/** Truth, and choices by it: derivatives, batching and executors. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import type { Tensor } from 'marginalia';
import { comparison } from '../../src/kernels/comparison/index.js';
import { kernelLaws, slopeAt, slopesAt, startBackends } from './laws/law.js';
import {
  type Given,
  type Use,
  broadcastable,
  inputOf,
  ofOne,
  reals,
  shapes,
  truths,
  wholes,
} from './laws/use.js';

beforeAll(startBackends);

/** Two numbers of one kind, many of them alike, or two truths. */
const pairs = (
  f: (a: Tensor, b: Tensor) => Tensor,
  ...kinds: readonly ((shape: readonly number[]) => fc.Arbitrary<Given>)[]
): fc.Arbitrary<Use> =>
  broadcastable(2)
    .chain(([a = [], b = []]) => fc.oneof(...kinds.map((kind) => fc.tuple(kind(a), kind(b)))))
    .map(([a, b]) => ({
      inputs: { a, b },
      f: (all) => f(inputOf(all, 'a'), inputOf(all, 'b')),
    }));

const numbers = (shape: readonly number[]): fc.Arbitrary<Given> => wholes(shape, -1, 1);

const ordered = (f: (a: Tensor, b: Tensor) => Tensor): fc.Arbitrary<Use> =>
  pairs(f, numbers, (shape) => reals(shape));

const special = (f: (x: Tensor) => Tensor): fc.Arbitrary<Use> =>
  ofOne((x) => f(tf.log(tf.neg(tf.relu(x)))), { avoiding: [0] });

const choice = (condition: Tensor, a: Tensor, b: Tensor): Tensor => tf.where(condition, a, b);

kernelLaws('comparison', comparison, [
  { kernel: 'Equal', uses: ordered(tf.equal) },
  { kernel: 'NotEqual', uses: ordered(tf.notEqual) },
  { kernel: 'Greater', uses: ordered(tf.greater) },
  { kernel: 'GreaterEqual', uses: ordered(tf.greaterEqual) },
  { kernel: 'Less', uses: ordered(tf.less) },
  { kernel: 'LessEqual', uses: ordered(tf.lessEqual) },
  { kernel: 'LogicalAnd', uses: pairs(tf.logicalAnd, truths) },
  { kernel: 'LogicalOr', uses: pairs(tf.logicalOr, truths) },
  {
    kernel: 'LogicalNot',
    uses: shapes()
      .chain(truths)
      .map((x) => ({ inputs: { x }, f: (all) => tf.logicalNot(inputOf(all, 'x')) })),
  },
  { kernel: 'IsNan', uses: special(tf.isNaN) },
  { kernel: 'IsInf', uses: special(tf.isInf) },
  { kernel: 'IsFinite', uses: special(tf.isFinite) },
  {
    kernel: 'Select',
    smooth: true,
    // Where an axis has no elements TensorFlow.js broadcasts nothing to it.
    uses: fc
      .oneof(
        broadcastable(3, { minSize: 1 }),
        shapes().map((shape) => [shape, shape, shape]),
      )
      .chain(([c = [], a = [], b = []]) => fc.tuple(truths(c), reals(a), reals(b)))
      .map(([c, a, b]) => ({
        inputs: { c, a, b },
        f: (all) => choice(inputOf(all, 'c'), inputOf(all, 'a'), inputOf(all, 'b')),
      })),
    edges: [
      // The branch not taken is no number, and neither is its derivative.
      slopeAt((x) => choice(tf.greater(x, 0), tf.log(x), tf.mul(x, 2)), -1, 2),
      // What is owed is infinite, and not owed by the branch not taken.
      slopesAt((a, b) => tf.mul(choice(tf.less(a, b), a, b), Infinity), [1, 2], [Infinity, 0]),
      slopesAt((a, b) => tf.mul(choice(tf.less(a, b), a, b), Infinity), [2, 1], [0, Infinity]),
    ],
  },
]);
