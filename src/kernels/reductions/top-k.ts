/** The k largest elements of each row, the largest first, and where they are. */
import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/shape.js';
import { numberOf } from '../../compile/attributes.js';
import { call } from '../call.js';
import type { Kernel, ShapeRule, Vjp } from '../kernel.js';

const shape: ShapeRule = ({ x }, { k }) => {
  if (x === undefined) return undefined;
  const taken = [...x.shape.slice(0, -1), numberOf(k, 1)];
  return [
    { shape: taken, dtype: x.dtype },
    { shape: taken, dtype: 'int32' },
  ];
};

/** Each value is owed to the place that it was taken from. */
const vjp: Vjp = ({ dy, at, outputs, attributes }) => {
  const x = at('x');
  const k = numberOf(attributes['k'], 1);
  const [, places] = outputs;
  if (places === undefined || places.size === 0) return tf.zerosLike(x);
  const rows = sizeOf(x.shape.slice(0, -1));
  const width = x.shape.at(-1) ?? 1;
  const starts = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(width, 'int32'));
  const flat = tf.add(tf.reshape(places, [rows, k]), tf.reshape(starts, [rows, 1]));
  const owed = tf.reshape(dy, [rows * k]);
  const segmentIds = tf.reshape(flat, [rows * k]);
  const all = call('UnsortedSegmentSum', { x: owed, segmentIds }, { numSegments: rows * width });
  return tf.reshape(all, x.shape);
};

export const topK: Kernel = {
  name: 'TopK',
  canonical: ({ k, sorted }) => ({ k: numberOf(k, 1), sorted: sorted !== false }),
  shape,
  vjp: { x: vjp },
  batch: ({ at, again, attributes }) => again({ x: at('x') }, attributes),
};
