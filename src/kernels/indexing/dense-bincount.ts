/** The counts or sums of weights of `Bincount` for each row, or whether a number comes at all. */
import * as tf from '@tensorflow/tfjs';
import { numberOf } from '../../graph/attributes.js';
import type { BatchRule, Kernel, Vjp } from '../kernel.js';
import { counted } from './counts.js';
import { inOneTable, rowsOf } from './segments.js';

const vjp: Vjp = ({ dy, at, attributes }) => {
  const [x, weights] = [at('x'), at('weights')];
  if (weights.size === 0 || attributes['binaryOutput'] === true) return tf.zerosLike(weights);
  if (x.rank < 2) return tf.reshape(rowsOf(dy, x), weights.shape);
  const [rows = 1, size = 0] = dy.shape;
  return tf.reshape(
    rowsOf(tf.reshape(dy, [rows * size]), inOneTable(x, rows, size)),
    weights.shape,
  );
};

/** The rows of all draws. */
const batch: BatchRule = ({ size, spread, value, again, attributes, outs: [out] }) => {
  const { shape } = value('x');
  const [rows, count] = [shape.length < 2 ? size : size * (shape[0] ?? 1), shape.at(-1) ?? 1];
  const { dtype, shape: weighed } = value('weights');
  const [counts = spread('x')] = again(
    {
      x: tf.reshape(spread('x'), [rows, count]),
      weights: weighed.includes(0)
        ? tf.zeros([rows, 0], dtype)
        : tf.reshape(spread('weights'), [rows, count]),
    },
    attributes,
  );
  return tf.reshape(counts, [size, ...(out?.shape ?? [])]);
};

export const denseBincount: Kernel = {
  name: 'DenseBincount',
  canonical: ({ size, binaryOutput }) => ({
    size: numberOf(size, 0),
    binaryOutput: binaryOutput === true,
  }),
  shape: ({ x, weights }, { size }) =>
    x && weights && { shape: [...x.shape.slice(0, -1), numberOf(size, 0)], dtype: weights.dtype },
  vjp: { weights: vjp },
  batch,
  ...counted,
};
