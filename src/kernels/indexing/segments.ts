/** Rows by segments: a number names a place, and one that is no place stands for none. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';

const isPlace = (ids: Tensor, count: number): Tensor =>
  tf.logicalAnd(
    tf.greaterEqual(ids, tf.scalar(0, 'int32')),
    tf.less(ids, tf.scalar(count, 'int32')),
  );

/** The row of each number, zeros for one that has none. */
export const rowsOf = (rows: Tensor, ids: Tensor): Tensor => {
  const [count = 0, ...rest] = rows.shape;
  if (count === 0 || ids.size === 0) return tf.zeros([...ids.shape, ...rest]);
  const has = isPlace(ids, count);
  const found = tf.gather(rows, tf.where(has, ids, tf.zerosLike(ids)));
  const each = tf.reshape(has, [...ids.shape, ...rest.map(() => 1)]);
  return tf.where(each, found, tf.zerosLike(found));
};

/** Numbers of places in all draws, [size, …], as places of one table of them; what is no place stays none. */
export const inOneTable = (ids: Tensor, size: number, count: number): Tensor => {
  const ones = ids.shape.slice(1).map(() => 1);
  const starts = tf.mul(tf.range(0, size, 1, 'int32'), tf.scalar(count, 'int32'));
  const moved = tf.add(ids, tf.reshape(starts, [size, ...ones]));
  return tf.where(isPlace(ids, count), moved, tf.fill(ids.shape, -1, 'int32'));
};
