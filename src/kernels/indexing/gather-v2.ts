/** Slices of an array by their numbers along an axis, with leading axes that both have or without. */
import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/shape.js';
import { axisIn, numberOf } from '../../compile/attributes.js';
import { call } from '../call.js';
import type { Attributes, BatchRule, Inputs, Kernel, ShapeRule, Vjp } from '../kernel.js';
import { movedAxis } from './moved-axis.js';

interface Gather {
  readonly axis: number;
  /** How many leading axes belong together. */
  readonly batchDims: number;
}

const gatherOf = ({ axis, batchDims }: Attributes, { x, indices }: Inputs): Gather => {
  const shared = numberOf(batchDims, 0);
  return {
    axis: axisIn(axis, x?.shape ?? []),
    batchDims: shared < 0 ? shared + (indices?.shape.length ?? 0) : shared,
  };
};

const canonicalOf = (attributes: Attributes): Gather => ({
  axis: numberOf(attributes['axis'], 0),
  batchDims: numberOf(attributes['batchDims'], 0),
});

const shape: ShapeRule = (inputs, attributes) => {
  const { x, indices } = inputs;
  if (x === undefined || indices === undefined) return undefined;
  const { axis, batchDims } = gatherOf(attributes, inputs);
  return { shape: x.shape.toSpliced(axis, 1, ...indices.shape.slice(batchDims)), dtype: x.dtype };
};

const range = (from: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => from + i);

/** What was taken more than once gets the sum of what its copies are owed: rows added at their numbers. */
const vjp: Vjp = ({ dy, at, attributes }) => {
  const [x, indices] = [at('x'), at('indices')];
  if (dy.size === 0) return tf.zerosLike(x);
  const { axis, batchDims } = canonicalOf(attributes);
  const count = x.shape[axis] ?? 1;
  const [shared, before, after] = [
    x.shape.slice(0, batchDims),
    x.shape.slice(batchDims, axis),
    x.shape.slice(axis + 1),
  ];
  const tables = sizeOf(shared);
  const taken = indices.rank - batchDims;
  const rows = tf.transpose(dy, [
    ...range(0, batchDims),
    ...range(axis, taken),
    ...range(batchDims, before.length),
    ...range(axis + taken, after.length),
  ]);
  const starts = tf.mul(tf.range(0, tables, 1, 'int32'), tf.scalar(count, 'int32'));
  const numbered = tf.reshape(indices, [tables, indices.size / tables]);
  const segmentIds = tables === 1 ? numbered : tf.add(numbered, tf.reshape(starts, [tables, 1]));
  const sums = call(
    'UnsortedSegmentSum',
    {
      x: tf.reshape(rows, [indices.size, ...before, ...after]),
      segmentIds: tf.reshape(segmentIds, [indices.size]),
    },
    { numSegments: tables * count },
  );
  const whole = tf.reshape(sums, [...shared, count, ...before, ...after]);
  return movedAxis(whole, batchDims, axis);
};

/** With tables and numbers in draws, the draws are an axis that belongs to both. */
const batch: BatchRule = ({ at, isBatched, again, attributes }) => {
  const { axis, batchDims } = canonicalOf(attributes);
  const [x, indices] = [at('x'), at('indices')];
  if (isBatched('x') && isBatched('indices')) {
    return again({ x, indices }, { axis: axis + 1, batchDims: batchDims + 1 });
  }
  if (isBatched('x')) {
    const behind = movedAxis(x, 0, batchDims);
    const [found = x] = again({ x: behind, indices }, { axis: axis + 1, batchDims });
    return movedAxis(found, batchDims, 0);
  }
  const behind = movedAxis(indices, 0, batchDims);
  const [found = x] = again({ x, indices: behind }, { axis, batchDims });
  return movedAxis(found, axis, 0);
};

export const gatherV2: Kernel = {
  name: 'GatherV2',
  work: 'gather',
  canonical: (attributes, inputs) => ({ ...gatherOf(attributes, inputs) }),
  shape,
  vjp: { x: vjp },
  batch,
};
