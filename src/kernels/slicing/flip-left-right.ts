/** Images mirrored: their columns in the opposite order. */
import * as tf from '@tensorflow/tfjs';
import { minus } from '../../code/javascript/indexing.js';
import { reversed } from '../../code/onnx/moves.js';
import type { Kernel } from '../kernel.js';

/** The axis of columns in a batch of images. */
const COLUMNS = 2;

export const flipLeftRight: Kernel = {
  name: 'FlipLeftRight',
  work: 'move',
  shape: ({ image }) => image,
  vjp: { image: ({ dy }) => tf.reverse(dy, COLUMNS) },
  batch: ({ at }) => tf.reverse(at('image'), COLUMNS + 1),
  onnx: ({ b, at, out }) => reversed(b, at('image'), out.shape, [COLUMNS]),
  element: ({ read, value }, block, index) =>
    read(
      block,
      'image',
      index.map((i, axis) =>
        axis === COLUMNS ? minus((value('image').shape[axis] ?? 1) - 1, i) : i,
      ),
    ),
};
