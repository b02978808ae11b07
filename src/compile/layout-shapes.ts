/** The shapes of kernels that pick elements, put them elsewhere and lay them out anew. */
import * as tf from '@tensorflow/tfjs';
import type { Shape } from '../../dsl/index.js';
import { axisOf, numberOf, numbers, pairs } from './attributes.js';
import type { Value } from './graph.js';
import type { Attributes, ShapeRule } from './shape-rule.js';

const reshaped = (value: Value | undefined, shape: Shape): Value | undefined =>
  value && { shape, dtype: value.dtype };

const attribute =
  (input: string, name: string): ShapeRule =>
  (inputs, attributes) =>
    reshaped(inputs[input], numbers(attributes[name]));

const padded: ShapeRule = ({ x }, { paddings }) =>
  x &&
  reshaped(
    x,
    x.shape.map((n, i) => n + (pairs(paddings)[i]?.[0] ?? 0) + (pairs(paddings)[i]?.[1] ?? 0)),
  );

const replaced = (shape: Shape, axis: number, sizes: Shape): Shape => [
  ...shape.slice(0, axis),
  ...sizes,
  ...shape.slice(axis + 1),
];

const gather: ShapeRule = ({ x, indices }, { axis, batchDims }) => {
  if (x === undefined || indices === undefined) return undefined;
  const shared = numberOf(batchDims, 0);
  const sizes = indices.shape.slice(shared < 0 ? shared + indices.shape.length : shared);
  return reshaped(x, replaced(x.shape, axisOf(axis, x.shape), sizes));
};

const gatherNd: ShapeRule = ({ params, indices }) =>
  params &&
  indices &&
  reshaped(params, [
    ...indices.shape.slice(0, -1),
    ...params.shape.slice(indices.shape.at(-1) ?? 0),
  ]);

const segmentSum: ShapeRule = ({ x, segmentIds }, { numSegments }) =>
  x &&
  segmentIds && {
    shape: [numberOf(numSegments, 0), ...x.shape.slice(segmentIds.shape.length)],
    dtype: 'float32',
  };

const concat: ShapeRule = (inputs, { axis }) => {
  const [first, ...rest] = Object.values(inputs);
  if (first === undefined) return undefined;
  const at = axisOf(axis, first.shape);
  const size = rest.reduce((n, { shape }) => n + (shape[at] ?? 1), first.shape[at] ?? 1);
  return reshaped(first, replaced(first.shape, at, [size]));
};

const pack: ShapeRule = (inputs, { axis }) => {
  const all = Object.values(inputs);
  const [first] = all;
  const at = numberOf(axis, 0);
  return (
    first &&
    reshaped(first, first.shape.toSpliced(at < 0 ? at + first.shape.length + 1 : at, 0, all.length))
  );
};

const unpack: ShapeRule = ({ value }, { axis }) => {
  if (value === undefined) return undefined;
  const at = axisOf(axis, value.shape);
  const part = { shape: replaced(value.shape, at, []), dtype: value.dtype };
  return Array.from({ length: value.shape[at] ?? 1 }, () => part);
};

/** What a strided slice takes from an array of this shape, its masks resolved. */
export const stridedSliceOf = (shape: Shape, a: Attributes): tf.backend_util.slice_util.SliceInfo =>
  tf.slice_util.sliceInfo(
    [...shape],
    [...numbers(a['begin'])],
    [...numbers(a['end'])],
    [...numbers(a['strides'])],
    numberOf(a['beginMask'], 0),
    numberOf(a['endMask'], 0),
    numberOf(a['ellipsisMask'], 0),
    numberOf(a['newAxisMask'], 0),
    numberOf(a['shrinkAxisMask'], 0),
  );

const stridedSlice: ShapeRule = ({ x }, attributes) =>
  x && reshaped(x, stridedSliceOf(x.shape, attributes).finalShape);

const topK: ShapeRule = ({ x }, { k }) => {
  if (x === undefined) return undefined;
  const shape = [...x.shape.slice(0, -1), numberOf(k, 1)];
  return [
    { shape, dtype: x.dtype },
    { shape, dtype: 'int32' },
  ];
};

const oneHot: ShapeRule = ({ indices }, { depth, dtype }) =>
  indices && {
    shape: [...indices.shape, numberOf(depth, 1)],
    dtype: dtype === 'float32' || dtype === 'bool' ? dtype : 'int32',
  };

const fill: ShapeRule = (_, { shape, dtype, value }) => {
  const given = dtype ?? (typeof value === 'number' ? 'float32' : undefined);
  return given === 'float32' || given === 'int32' || given === 'bool'
    ? { shape: numbers(shape), dtype: given }
    : undefined;
};

/**
 * The shape of a sum of products; nothing where sizes differ, or where an operand has no summed
 * axis though the other has: TensorFlow.js forgets that operand.
 */
export const einsumShape = (equation: unknown, shapes: readonly Shape[]): Shape | undefined => {
  if (typeof equation !== 'string') return undefined;
  const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(
    equation,
    shapes.length,
  );
  const sizes: (number | undefined)[] = allDims.map(() => undefined);
  for (const [i, dims] of idDims.entries()) {
    for (const [j, dim] of dims.entries()) {
      const size = shapes[i]?.[j];
      if (size === undefined || (sizes[dim] ?? size) !== size) return undefined;
      sizes[dim] = size;
    }
  }
  const forgets = (dims: readonly number[]): boolean => !dims.some((d) => summedDims.includes(d));
  if (summedDims.length > 0 && idDims.some(forgets)) return undefined;
  return sizes.slice(0, sizes.length - summedDims.length).map((n) => n ?? 1);
};

const einsum: ShapeRule = (inputs, { equation }) => {
  const all = Object.values(inputs);
  const shape = einsumShape(
    equation,
    all.map((value) => value.shape),
  );
  // Sums of truth values are whole numbers in some sums of products and truth values in others.
  const counts = all.some(({ dtype }) => dtype === 'bool');
  return shape && !counts ? reshaped(all[0], shape) : undefined;
};

export const layoutRules: Readonly<Record<string, ShapeRule>> = {
  GatherV2: gather,
  GatherNd: gatherNd,
  ScatterNd: attribute('updates', 'shape'),
  TensorScatterUpdate: ({ tensor }) => tensor,
  SparseToDense: attribute('sparseValues', 'outputShape'),
  UnsortedSegmentSum: segmentSum,
  OneHot: oneHot,
  TopK: topK,
  Concat: concat,
  Pack: pack,
  Unpack: unpack,
  PadV2: padded,
  MirrorPad: padded,
  StridedSlice: stridedSlice,
  FlipLeftRight: ({ image }) => image,
  Fill: fill,
  Einsum: einsum,
};
