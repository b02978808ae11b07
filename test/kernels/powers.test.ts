/** Powers, roots, exponentials and logarithms: their derivatives, batching and executors. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import { powers } from '../../src/kernels/powers/index.js';
import { kernelLaws, slopeAt, slopesAt, startBackends } from './laws/law.js';
import { inputOf, ofOne, ofTwo, reals, wholes } from './laws/use.js';

beforeAll(startBackends);

const positive = { min: 0.2, max: 3 };

/** Powers of any base by whole exponents, without a gradient by those. */
const wholePowers = fc
  .tuple(reals([2, 3], { avoiding: [0], gap: 0.2 }), wholes([3], -2, 3))
  .map(([x, n]) => ({
    inputs: { x, n },
    f: (all: Readonly<Record<string, tf.Tensor>>) =>
      tf.pow(inputOf(all, 'x'), tf.cast(inputOf(all, 'n'), 'float32')),
  }));

kernelLaws('powers', powers, [
  { kernel: 'Exp', uses: ofOne(tf.exp), smooth: true },
  { kernel: 'Expm1', uses: ofOne(tf.expm1), smooth: true },
  {
    kernel: 'Log',
    uses: ofOne(tf.log, positive),
    smooth: true,
    edges: [slopeAt(tf.log, 0, Infinity)],
  },
  { kernel: 'Log1p', uses: ofOne(tf.log1p, { min: -0.8 }), smooth: true },
  {
    kernel: 'Sqrt',
    uses: ofOne(tf.sqrt, positive),
    smooth: true,
    edges: [slopeAt(tf.sqrt, 0, Infinity), slopeAt(tf.sqrt, Infinity, 0)],
  },
  {
    kernel: 'Rsqrt',
    uses: ofOne(tf.rsqrt, positive),
    smooth: true,
    edges: [slopeAt(tf.rsqrt, 0, -Infinity), slopeAt(tf.rsqrt, Infinity, -0)],
  },
  { kernel: 'Square', uses: ofOne(tf.square), smooth: true },
  {
    kernel: 'Reciprocal',
    uses: ofOne(tf.reciprocal, { avoiding: [0], gap: 0.3 }),
    smooth: true,
    edges: [slopeAt(tf.reciprocal, 0, -Infinity)],
  },
  {
    kernel: 'Pow',
    smooth: true,
    uses: fc.oneof(ofTwo(tf.pow, { a: positive }), wholePowers),
    edges: [
      slopesAt(tf.pow, [0, 2], [0, 0]),
      slopesAt(tf.pow, [0, 1], [1, 0]),
      slopesAt(tf.pow, [0, 0], [0, 0]),
      slopesAt(tf.pow, [0, 0.5], [Infinity, 0]),
      slopeAt((x) => tf.pow(x, 3), -2, 12),
      slopeAt((x) => tf.pow(x, 0), Number.NaN, 0),
    ],
  },
]);
