/** Places in an array by rows of indices, one for each of its first axes. */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../../dsl/index.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { call } from '../call.js';
import type { BatchSite } from '../kernel.js';

/** Indices as rows: TensorFlow.js lets a list stand for rows of one where it puts something, and a number too. */
export const asRows = (indices: Tensor): Tensor =>
  indices.rank > 1 ? indices : tf.reshape(indices, [indices.size, 1]);

/** The rows of all draws, [size, …, depth], with the number of its draw before each. */
export const withDraws = (rows: Tensor): Tensor => {
  const [size = 1, ...rest] = rows.shape;
  const lead = rest.slice(0, -1);
  const draws = tf.reshape(tf.range(0, size, 1, 'int32'), [size, ...lead.map(() => 1), 1]);
  return tf.concat([tf.tile(draws, [1, ...lead, 1]), rows], -1);
};

/** The rows of an input of indices in all draws. */
export const drawnRows = ({ spread, value }: BatchSite, input: string): Tensor => {
  const [size = 1, ...rest] = spread(input).shape;
  const isList = value(input).shape.length <= 1;
  return withDraws(isList ? tf.reshape(spread(input), [size, sizeOf(rest), 1]) : spread(input));
};

/** What stands at the places, […rows, …rest]. */
export const takenAt = (params: Tensor, rows: Tensor): Tensor =>
  call('GatherNd', { params, indices: rows });

/** An array with something else at the places. */
export const putAt = (tensor: Tensor, rows: Tensor, updates: Tensor): Tensor =>
  call('TensorScatterUpdate', { tensor, indices: rows, updates });

/** What each row that puts something at its place is owed: nothing, where a later one has the same place. */
export const owedByRow = (dy: Tensor, rows: Tensor): Tensor => {
  const lead = rows.shape.slice(0, -1);
  const places: Shape = dy.shape.slice(0, rows.shape.at(-1) ?? 0);
  const numbers = tf.reshape(tf.range(1, sizeOf(lead) + 1, 1, 'int32'), lead);
  const last = takenAt(putAt(tf.zeros([...places], 'int32'), rows, numbers), rows);
  const owed = takenAt(dy, rows);
  const stays = tf.reshape(tf.equal(last, numbers), [
    ...lead,
    ...owed.shape.slice(lead.length).map(() => 1),
  ]);
  return tf.where(stays, owed, tf.zerosLike(owed));
};
