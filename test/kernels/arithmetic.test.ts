/** Sums, products and quotients: their derivatives, batching and executors. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import { arithmetic } from '../../src/kernels/arithmetic/index.js';
import { kernelLaws, slopeAt, slopesAt, startBackends } from './laws/law.js';
import { inputOf, ofOne, ofTwo, reals, shapes, wholes } from './laws/use.js';

beforeAll(startBackends);

/** Two numbers that are not alike. */
const apart = { a: { min: 0.2, max: 1.9 }, b: { min: -2, max: -0.2 } };

kernelLaws('arithmetic', arithmetic, [
  { kernel: 'Add', uses: ofTwo(tf.add), smooth: true },
  {
    kernel: 'AddN',
    smooth: true,
    uses: shapes()
      .chain((shape) => fc.tuple(reals(shape), reals(shape), reals(shape)))
      .map(([a, b, c]) => ({ inputs: { a, b, c }, f: (all) => tf.addN(Object.values(all)) })),
  },
  { kernel: 'Sub', uses: ofTwo(tf.sub), smooth: true },
  { kernel: 'Multiply', uses: ofTwo(tf.mul), smooth: true },
  {
    kernel: 'RealDiv',
    uses: ofTwo(tf.div, { b: { min: 0.3 } }),
    smooth: true,
    edges: [
      slopesAt(tf.div, [1, 0], [Infinity, -Infinity]),
      slopesAt(tf.div, [1, Infinity], [0, 0]),
    ],
  },
  { kernel: 'FloorDiv', uses: ofTwo(tf.floorDiv, { a: { min: 0.1, max: 0.9 }, b: { min: 1 } }) },
  {
    kernel: 'Mod',
    uses: ofTwo(tf.mod, { a: { min: 2.1, max: 2.9 }, b: { min: -0.99, max: -0.75 } }),
  },
  {
    kernel: 'Maximum',
    uses: fc.oneof(
      ofTwo(tf.maximum, apart),
      ofTwo((a, b) => tf.maximum(b, a), apart),
    ),
  },
  {
    kernel: 'Minimum',
    uses: fc.oneof(
      ofTwo(tf.minimum, apart),
      ofTwo((a, b) => tf.minimum(b, a), apart),
    ),
  },
  { kernel: 'SquaredDifference', uses: ofTwo(tf.squaredDifference), smooth: true },
  { kernel: 'Neg', uses: ofOne(tf.neg), smooth: true },
  { kernel: 'Abs', uses: ofOne(tf.abs, { avoiding: [0] }), edges: [slopeAt(tf.abs, 0, 0)] },
  { kernel: 'Sign', uses: ofOne(tf.sign, { avoiding: [0] }) },
  {
    kernel: 'BitwiseAnd',
    uses: shapes()
      .chain((shape) => fc.tuple(wholes(shape, 0, 9), wholes(shape, 0, 9)))
      .map(([a, b]) => ({
        inputs: { a, b },
        f: (all) => tf.bitwiseAnd(inputOf(all, 'a'), inputOf(all, 'b')),
      })),
  },
]);
