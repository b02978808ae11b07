/** eˣ over its sum along the last axis. */
import * as tf from '@tensorflow/tfjs';
import type { Kernel } from '../kernel.js';

export const softmax: Kernel = {
  name: 'Softmax',
  canonical: (_, { logits }) => ({ dim: (logits?.shape.length ?? 1) - 1 }),
  shape: ({ logits }) => logits,
  vjp: {
    logits: ({ dy, y }) => {
      const product = tf.mul(dy, y);
      return tf.sub(product, tf.mul(y, tf.sum(product, -1, true)));
    },
  },
  batch: ({ at, again }) => again({ logits: at('logits') }, { dim: at('logits').rank - 1 }),
};
