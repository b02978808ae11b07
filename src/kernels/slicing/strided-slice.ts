/** Every n-th element of a block, backwards too, and axes left out and put in. */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../../dsl/index.js';
import { numberOf, numbers } from '../../graph/attributes.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import { flatten, minus, plus, times, unflatten } from '../../code/javascript/indexing.js';
import type { Translation } from '../../code/onnx/builder.js';
import { BEFORE_ALL, reshaped } from '../../code/onnx/moves.js';
import type { Attributes, BatchRule, Kernel, Vjp } from '../kernel.js';

/** What is taken from an array of this shape, all masks resolved. */
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

/** What is taken along one axis: `count` elements from `first` on, `step` apart. */
export interface Range {
  readonly first: number;
  readonly step: number;
  readonly count: number;
}

export const rangesOf = (shape: Shape, attributes: Attributes): readonly Range[] => {
  const { begin, end, strides } = stridedSliceOf(shape, attributes);
  return begin.map((first, i) => {
    const step = strides[i] ?? 1;
    return { first, step, count: Math.max(0, Math.ceil(((end[i] ?? 0) - first) / step)) };
  });
};

/** Zeros between elements, so that they are as far apart as they were taken. */
const apart = (x: Tensor, ranges: readonly Range[]): Tensor => {
  const gaps = ranges.map(({ step }) => Math.abs(step) - 1);
  if (gaps.every((gap) => gap === 0)) return x;
  const split = x.shape.flatMap((n, i) => ((gaps[i] ?? 0) === 0 ? [n] : [n, 1]));
  const behind = gaps.flatMap((gap): readonly [number, number][] =>
    gap === 0
      ? [[0, 0]]
      : [
          [0, 0],
          [0, gap],
        ],
  );
  const wide = x.shape.map((n, i) => n * ((gaps[i] ?? 0) + 1));
  const spaced = tf.reshape(tf.pad(tf.reshape(x, split), [...behind]), wide);
  return tf.slice(
    spaced,
    wide.map(() => 0),
    wide.map((n, i) => n - (gaps[i] ?? 0)),
  );
};

const vjp: Vjp = ({ dy, at, attributes }) => {
  const x = at('x');
  if (dy.size === 0) return tf.zerosLike(x);
  const ranges = rangesOf(x.shape, attributes);
  const taken = tf.reshape(
    dy,
    ranges.map(({ count }) => count),
  );
  const backwards = ranges.flatMap(({ step }, axis) => (step < 0 ? [axis] : []));
  const forwards = backwards.length === 0 ? taken : tf.reverse(taken, backwards);
  const spaced = apart(forwards, ranges);
  return tf.pad(
    spaced,
    ranges.map(({ first, step, count }, i): [number, number] => {
      const before = step > 0 ? first : first + (count - 1) * step;
      return [before, (x.shape[i] ?? 1) - before - (spaced.shape[i] ?? 1)];
    }),
  );
};

const batch: BatchRule = ({ at, size, value, again, attributes, outs: [out] }) => {
  const { shape } = value('x');
  const { begin, end, strides } = stridedSliceOf(shape, attributes);
  const ranges = rangesOf(shape, attributes);
  const empty = ranges.map(({ count }) => count === 0);
  // Before the first element, which is where some go that run backwards, has no number of its own.
  const open = end.map((to, i) => (strides[i] ?? 1) < 0 && to < 0);
  const [all = at('x')] = again(
    { x: at('x') },
    {
      begin: [0, ...begin.map((from, i) => (empty[i] === true ? 0 : from))],
      end: [size, ...end.map((to, i) => (empty[i] === true || open[i] === true ? 0 : to))],
      strides: [1, ...strides.map((step, i) => (empty[i] === true ? 1 : step))],
      beginMask: 0,
      endMask: open.reduce(
        (mask, is, i) => (is && empty[i] !== true ? mask + 2 ** (i + 1) : mask),
        0,
      ),
      ellipsisMask: 0,
      newAxisMask: 0,
      shrinkAxisMask: 0,
    },
  );
  return tf.reshape(all, [size, ...(out?.shape ?? [])]);
};

const onnx: Translation = ({ b, at, value, attributes, out }) => {
  const { begin, end, strides } = stridedSliceOf(value('x').shape, attributes);
  const ranges = begin.map((from, i): readonly [number, number, number] => {
    const [to = 0, step = 1] = [end[i], strides[i]];
    // Where nothing is taken, a range that runs backwards may begin before all.
    if ((to - from) * step <= 0) return [0, 0, 1];
    return [from, to < 0 ? BEFORE_ALL : to, step];
  });
  const taken = b.op('Slice', [
    at('x'),
    b.ints(ranges.map(([from]) => from)),
    b.ints(ranges.map(([, to]) => to)),
    b.ints(ranges.map((_, i) => i)),
    b.ints(ranges.map(([, , step]) => step)),
  ]);
  return reshaped(b, taken, out.shape);
};

const element: ElementRule = ({ read, value, attributes, outs }, block, index) => {
  const ranges = rangesOf(value('x').shape, attributes);
  const counts = ranges.map(({ count }) => count);
  const places = unflatten(flatten(index, outs[0]?.shape ?? []), counts).map((k, axis) => {
    const { first, step } = ranges[axis] ?? { first: 0, step: 1 };
    return step > 0 ? plus(times(k, step), first) : minus(first, times(k, -step));
  });
  return read(block, 'x', places);
};

export const stridedSlice: Kernel = {
  name: 'StridedSlice',
  work: 'move',
  canonical: ({ begin, end, strides, ...masks }) => ({
    begin: numbers(begin),
    end: numbers(end),
    strides: numbers(strides),
    beginMask: numberOf(masks['beginMask'], 0),
    endMask: numberOf(masks['endMask'], 0),
    ellipsisMask: numberOf(masks['ellipsisMask'], 0),
    newAxisMask: numberOf(masks['newAxisMask'], 0),
    shrinkAxisMask: numberOf(masks['shrinkAxisMask'], 0),
  }),
  shape: ({ x }, attributes) =>
    x && { shape: stridedSliceOf(x.shape, attributes).finalShape, dtype: x.dtype },
  vjp: { x: vjp },
  batch,
  onnx,
  element,
};
