/**
 * Sums, means and products along axes, in double precision and rounded once: in float32 a sum of a
 * million equal terms is half a percent off.
 */
import type * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { axesOf } from '../../graph/attributes.js';
import {
  type Attributes,
  type Host,
  type MendedKernel,
  type NumericType,
  type Numbers,
  inputOf,
  typeOfSum,
  zerosOf,
} from './host.js';

/** Row-major numbers as three axes, of which the middle one is reduced. */
interface Layout {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

/** The layout where the reduced axes lie side by side; nothing where they do not. */
const layoutOf = (shape: readonly number[], axes: readonly number[]): Layout | undefined => {
  const long = shape.flatMap((n, axis) => (n === 1 ? [] : [{ n, reduced: axes.includes(axis) }]));
  const from = long.findIndex((axis) => axis.reduced);
  if (from === -1) return { outer: sizeOf(shape), count: 1, inner: 1 };
  const to = long.findLastIndex((axis) => axis.reduced) + 1;
  const size = (part: typeof long): number => sizeOf(part.map(({ n }) => n));
  if (!long.slice(from, to).every((axis) => axis.reduced)) return undefined;
  return {
    outer: size(long.slice(0, from)),
    count: size(long.slice(from, to)),
    inner: size(long.slice(to)),
  };
};

/** The same numbers with the reduced axes last. */
const reducedLast = (
  host: Host,
  x: tf.TensorInfo,
  axes: readonly number[],
): readonly [tf.TensorInfo, Layout] => {
  const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const sizes = (some: readonly number[]): number => sizeOf(some.map((axis) => x.shape[axis] ?? 1));
  const turned = host.run('Transpose', { x }, { perm: [...kept, ...axes] });
  return [turned, { outer: sizes(kept), count: sizes(axes), inner: 1 }];
};

/** How numbers are combined, from `from` on, `step` numbers apart. */
interface Fold {
  readonly along: (x: Numbers, from: number, to: number) => number;
  readonly start: number;
  readonly into: (totals: Float64Array, x: Numbers, from: number) => void;
}

/** Σ x from one place to another: four sums, so that none waits for the one before. */
const sumBetween = (x: Numbers, from: number, to: number): number => {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = from;
  for (; i + 3 < to; i += 4) {
    a += x[i] ?? 0;
    b += x[i + 1] ?? 0;
    c += x[i + 2] ?? 0;
    d += x[i + 3] ?? 0;
  }
  for (; i < to; i += 1) a += x[i] ?? 0;
  return a + b + (c + d);
};

const addition: Fold = {
  along: sumBetween,
  start: 0,
  into: (totals, x, from) => {
    for (let j = 0; j < totals.length; j += 1) totals[j] = (totals[j] ?? 0) + (x[from + j] ?? 0);
  },
};

const multiplication: Fold = {
  along: (x, from, to) => {
    let product = 1;
    for (let i = from; i < to; i += 1) product *= x[i] ?? 1;
    return product;
  },
  start: 1,
  into: (totals, x, from) => {
    for (let j = 0; j < totals.length; j += 1) totals[j] = (totals[j] ?? 1) * (x[from + j] ?? 1);
  },
};

const folded = (
  x: Numbers,
  { outer, count, inner }: Layout,
  fold: Fold,
  dtype: NumericType,
  factor: number,
): Numbers => {
  const out = zerosOf(dtype, outer * inner);
  if (inner === 1) {
    for (let o = 0; o < outer; o += 1) out[o] = fold.along(x, o * count, (o + 1) * count) * factor;
    return out;
  }
  const totals = new Float64Array(inner);
  for (let o = 0; o < outer; o += 1) {
    totals.fill(fold.start);
    for (let k = 0; k < count; k += 1) fold.into(totals, x, (o * count + k) * inner);
    for (let j = 0; j < inner; j += 1) out[o * inner + j] = (totals[j] ?? 0) * factor;
  }
  return out;
};

const reduction =
  (
    fold: Fold,
    typeOf: (x: tf.TensorInfo) => NumericType,
    factorOf: (count: number) => number = () => 1,
  ): MendedKernel =>
  (host: Host, inputs: tf.NamedTensorInfoMap, attributes: Attributes) => {
    const x = inputOf(inputs, 'x');
    const axes = axesOf(attributes['axis'], x.shape);
    const dtype = typeOf(x);
    const shape = x.shape.flatMap((n, axis) => {
      if (!axes.includes(axis)) return [n];
      return attributes['keepDims'] === true ? [1] : [];
    });
    const layout = layoutOf(x.shape, axes);
    const [source, three] = layout === undefined ? reducedLast(host, x, axes) : [x, layout];
    const out = folded(host.read(source), three, fold, dtype, factorOf(three.count));
    if (source !== x) host.free(source);
    return host.make(out, shape, dtype);
  };

export const sum = reduction(addition, typeOfSum);

/** Divided before it is rounded, so that the sum may be larger than any float32. */
export const mean = reduction(
  addition,
  () => 'float32',
  (count) => 1 / count,
);

export const prod = reduction(multiplication, typeOfSum);
