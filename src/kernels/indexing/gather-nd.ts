/** Elements or slices of an array by rows of indices. */
import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import { indexOf } from '../../code/javascript/indexing.js';
import { cast } from '../../code/onnx/casting.js';
import { call } from '../call.js';
import type { Kernel, Vjp } from '../kernel.js';
import { takenAt, withDraws } from './rows.js';

/** What was taken more than once gets the sum of what its copies are owed. */
const vjp: Vjp = ({ dy, at }) => {
  const [params, indices] = [at('params'), at('indices')];
  const depth = indices.shape.at(-1) ?? 0;
  const count = sizeOf(indices.shape.slice(0, -1));
  if (dy.size === 0) return tf.zerosLike(params);
  const rows = tf.reshape(indices, [count, depth]);
  const updates = tf.reshape(dy, [count, ...params.shape.slice(depth)]);
  return call('ScatterNd', { indices: rows, updates }, { shape: params.shape });
};

const element: ElementRule = ({ read, value }, block, index) => {
  const { shape } = value('indices');
  const lead = shape.length - 1;
  const row = Array.from({ length: shape[lead] ?? 0 }, (_, k) =>
    indexOf(read(block, 'indices', [...index.slice(0, lead), k])),
  );
  return read(block, 'params', [...row, ...index.slice(lead)]);
};

export const gatherNd: Kernel = {
  name: 'GatherNd',
  work: 'gather',
  shape: ({ params, indices }) =>
    params &&
    indices && {
      shape: [...indices.shape.slice(0, -1), ...params.shape.slice(indices.shape.at(-1) ?? 0)],
      dtype: params.dtype,
    },
  vjp: { params: vjp },
  batch: ({ at, isBatched, spread }) =>
    isBatched('params')
      ? takenAt(at('params'), withDraws(spread('indices')))
      : takenAt(at('params'), at('indices')),
  onnx: ({ b, at }) => b.op('GatherND', [at('params'), cast(b, at('indices'), 'int64')]),
  element,
};
