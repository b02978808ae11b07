/** Slices of an array by their numbers along an axis, with leading axes that both have or without. */
import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { axisIn, numberOf } from '../../graph/attributes.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import { indexOf } from '../../code/javascript/indexing.js';
import { type Site, type Translation, int } from '../../code/onnx/builder.js';
import { cast } from '../../code/onnx/casting.js';
import { transposed } from '../../code/onnx/moves.js';
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

/** The first axes of both belong together: the axis goes next to them, and back. */
const tablesInOnnx = ({ b, at, value }: Site, { axis, batchDims: shared }: Gather): string => {
  const rank = value('x').shape.length;
  const own = value('indices').shape.length - shared;
  const between = axis - shared;
  const moved = transposed(b, at('x'), [
    ...range(0, shared),
    axis,
    ...range(shared, between),
    ...range(axis + 1, rank - axis - 1),
  ]);
  const indices = b.op('Unsqueeze', [cast(b, at('indices'), 'int64'), b.ints([shared + own])]);
  const found = b.op('GatherND', [moved, indices], { batch_dims: int(shared) });
  return transposed(b, found, [
    ...range(0, shared),
    ...range(shared + own, between),
    ...range(shared, own),
    ...range(axis + own, rank - axis - 1),
  ]);
};

const onnx: Translation = (site) => {
  const { b, at, attributes } = site;
  const gather = canonicalOf(attributes);
  return gather.batchDims === 0
    ? b.op('Gather', [at('x'), at('indices')], { axis: int(gather.axis) })
    : tablesInOnnx(site, gather);
};

const element: ElementRule = ({ read, value, attributes }, block, index) => {
  const { axis, batchDims } = canonicalOf(attributes);
  const among = value('indices').shape.length - batchDims;
  const [lead, own, rest] = [
    index.slice(0, axis),
    index.slice(axis, axis + among),
    index.slice(axis + among),
  ];
  const found = read(block, 'indices', [...index.slice(0, batchDims), ...own]);
  return read(block, 'x', [...lead, indexOf(found), ...rest]);
};

export const gatherV2: Kernel = {
  name: 'GatherV2',
  work: 'gather',
  canonical: (attributes, inputs) => ({ ...gatherOf(attributes, inputs) }),
  shape,
  vjp: { x: vjp },
  batch,
  onnx,
  element,
};
