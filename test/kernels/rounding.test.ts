/** Numbers as other numbers of the same place: their derivatives, batching and executors. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import { rounding } from '../../src/kernels/rounding/index.js';
import { kernelLaws, slopeAt, startBackends } from './laws/law.js';
import { inputOf, ofOne, reals, shapes, truths, wholes } from './laws/use.js';

beforeAll(startBackends);

const halves = Array.from({ length: 9 }, (_, i) => (i - 4) / 2);

const casts = fc
  .tuple(shapes(), fc.constantFrom<('float32' | 'int32' | 'bool')[]>('float32', 'int32', 'bool'))
  .chain(([shape, to]) =>
    fc.oneof(reals(shape, { avoiding: halves }), wholes(shape, -3, 3), truths(shape)).map((x) => ({
      inputs: { x },
      f: (all: Readonly<Record<string, tf.Tensor>>) => tf.cast(inputOf(all, 'x'), to),
      told: to,
    })),
  );

kernelLaws('rounding', rounding, [
  { kernel: 'Floor', uses: ofOne(tf.floor, { avoiding: halves }) },
  { kernel: 'Ceil', uses: ofOne(tf.ceil, { avoiding: halves }) },
  { kernel: 'Round', uses: ofOne(tf.round, { avoiding: halves }) },
  {
    kernel: 'ClipByValue',
    uses: ofOne((x) => tf.clipByValue(x, -1, 0.5), { avoiding: [-1, 0.5] }),
    edges: [
      slopeAt((x) => tf.clipByValue(x, -1, 0.5), -1, 1),
      slopeAt((x) => tf.clipByValue(x, -1, 0.5), 0.5, 1),
      slopeAt((x) => tf.mul(tf.clipByValue(x, -1, 0.5), Infinity), 2, 0),
    ],
  },
  { kernel: 'Cast', uses: casts },
  { kernel: 'Identity', uses: ofOne((x) => tf.mul(tf.clone(x), 2)), smooth: true },
  { kernel: 'ZerosLike', uses: ofOne(tf.zerosLike) },
  { kernel: 'OnesLike', uses: ofOne(tf.onesLike) },
]);
