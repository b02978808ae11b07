/** Functions of angles and of hyperbolas, and their inverses: their derivatives, batching and executors. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll } from 'vitest';
import { trigonometry } from '../../src/kernels/trigonometry/index.js';
import { kernelLaws, slopeAt, slopesAt, startBackends } from './laws/law.js';
import { ofOne, ofTwo } from './laws/use.js';

beforeAll(startBackends);

const inside = { min: -0.9, max: 0.9 };

kernelLaws('trigonometry', trigonometry, [
  { kernel: 'Sin', uses: ofOne(tf.sin), smooth: true },
  { kernel: 'Cos', uses: ofOne(tf.cos), smooth: true },
  { kernel: 'Tan', uses: ofOne(tf.tan, { min: -1.2, max: 1.2 }), smooth: true },
  {
    kernel: 'Asin',
    uses: ofOne(tf.asin, inside),
    smooth: true,
    edges: [slopeAt(tf.asin, 1, Infinity), slopeAt(tf.asin, -1, Infinity)],
  },
  {
    kernel: 'Acos',
    uses: ofOne(tf.acos, inside),
    smooth: true,
    edges: [slopeAt(tf.acos, 1, -Infinity), slopeAt(tf.acos, -1, -Infinity)],
  },
  { kernel: 'Atan', uses: ofOne(tf.atan), smooth: true, edges: [slopeAt(tf.atan, Infinity, 0)] },
  {
    kernel: 'Atan2',
    uses: ofTwo(tf.atan2, { a: { avoiding: [0], gap: 0.3 } }),
    smooth: true,
    edges: [slopesAt(tf.atan2, [1, 0], [0, -1]), slopesAt(tf.atan2, [0, -2], [-0.5, -0])],
  },
  { kernel: 'Sinh', uses: ofOne(tf.sinh), smooth: true },
  { kernel: 'Cosh', uses: ofOne(tf.cosh), smooth: true },
  { kernel: 'Asinh', uses: ofOne(tf.asinh), smooth: true, edges: [slopeAt(tf.asinh, Infinity, 0)] },
  {
    kernel: 'Acosh',
    uses: ofOne(tf.acosh, { min: 1.2, max: 4 }),
    smooth: true,
    edges: [slopeAt(tf.acosh, 1, Infinity)],
  },
  {
    kernel: 'Atanh',
    uses: ofOne(tf.atanh, inside),
    smooth: true,
    edges: [slopeAt(tf.atanh, 1, Infinity)],
  },
]);
