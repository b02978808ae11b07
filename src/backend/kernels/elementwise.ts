/**
 * Functions of one number and of two, in double precision and rounded once, for where a backend's own
 * are wrong at the ends of their range.
 */
import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { numberOf } from '../../graph/attributes.js';
import { erf } from '../../compile/javascript/erf.js';
import {
  type Attributes,
  type MendedKernel,
  type NumericType,
  type Numbers,
  inputOf,
  numericType,
  zerosOf,
} from './host.js';

/** Selu's two constants, Klambauer et al. 2017, arXiv:1706.02515. */
const SELU = { scale: 1.0507009873554805, alpha: 1.7580993408473768 };

const unary =
  (make: (attributes: Attributes) => (x: number) => number): MendedKernel =>
  (host, inputs, attributes) => {
    const x = inputOf(inputs, 'x');
    const f = make(attributes);
    const dtype = numericType(x);
    const values = host.read(x);
    const out = zerosOf(dtype, values.length);
    for (let i = 0; i < values.length; i += 1) out[i] = f(values[i] ?? 0);
    return host.make(out, x.shape, dtype);
  };

/** log(1 + eˣ), with its smallest values as well. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

const clip = ({ clipValueMin, clipValueMax }: Attributes): ((x: number) => number) => {
  const [low, high] = [numberOf(clipValueMin, -Infinity), numberOf(clipValueMax, Infinity)];
  return (x) => Math.min(Math.max(x, low), high);
};

export const clipByValue = unary(clip);
export const cos = unary(() => Math.cos);
export const elu = unary(() => (x) => (x >= 0 ? x : Math.expm1(x)));
export const erfKernel = unary(() => erf);
export const log1p = unary(() => Math.log1p);
export const relu6 = unary(() => (x) => Math.min(Math.max(x, 0), 6));
export const selu = unary(() => (x) => (x >= 0 ? SELU.scale * x : SELU.alpha * Math.expm1(x)));
/** 0 for NaN, as TensorFlow.js has it. */
export const sign = unary(() => (x) => (x > 0 ? 1 : x < 0 ? -1 : 0));
export const sin = unary(() => Math.sin);
export const softplusKernel = unary(() => softplus);

/** Where each element of an operand lies that is broadcast to a shape. */
const placesOf = (shape: readonly number[], own: readonly number[]): ((flat: number) => number) => {
  const size = sizeOf(own);
  if (size === sizeOf(shape)) return (flat) => flat;
  if (size === 1) return () => 0;
  const shift = shape.length - own.length;
  return (flat) => {
    let [rest, at, stride] = [flat, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const length = shape[axis] ?? 1;
      const n = axis < shift ? 1 : (own[axis - shift] ?? 1);
      if (n !== 1) at += (rest % length) * stride;
      stride *= n;
      rest = Math.floor(rest / length);
    }
    return at;
  };
};

const upcast = (a: tf.TensorInfo, b: tf.TensorInfo): NumericType =>
  a.dtype === b.dtype
    ? numericType(a)
    : a.dtype === 'float32' || b.dtype === 'float32'
      ? 'float32'
      : 'int32';

const binary =
  (
    f: (a: number, b: number) => number,
    [first, second]: readonly [string, string] = ['a', 'b'],
  ): MendedKernel =>
  (host, inputs) => {
    const [a, b] = [inputOf(inputs, first), inputOf(inputs, second)];
    const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const dtype = upcast(a, b);
    const [x, y]: readonly [Numbers, Numbers] = [host.read(a), host.read(b)];
    const [inA, inB] = [placesOf(shape, a.shape), placesOf(shape, b.shape)];
    const out = zerosOf(dtype, sizeOf(shape));
    for (let i = 0; i < out.length; i += 1) out[i] = f(x[inA(i)] ?? 0, y[inB(i)] ?? 0);
    return host.make(out, shape, dtype);
  };

export const add = binary((a, b) => a + b);
export const multiply = binary((a, b) => a * b);
export const realDiv = binary((a, b) => a / b);
export const squaredDifference = binary((a, b) => (a - b) ** 2);
export const subtract = binary((a, b) => a - b);

/** Unlike the backend's, they hand NaN on from either side. */
export const maximum = binary(Math.max);
export const minimum = binary(Math.min);

/** The slope broadcasts to x, and x to the slope. */
export const prelu = binary((x, alpha) => (x >= 0 ? x : alpha * x), ['x', 'alpha']);

/** Truth of numbers is whether they are not 0; the backend takes their bytes for it. */
export const castBy =
  (before: MendedKernel): MendedKernel =>
  (host, inputs, attributes) => {
    const x = inputOf(inputs, 'x');
    if (attributes['dtype'] !== 'bool' || x.dtype === 'bool')
      return before(host, inputs, attributes);
    const values = host.read(x);
    const out = zerosOf('bool', values.length);
    for (let i = 0; i < values.length; i += 1) out[i] = values[i] === 0 ? 0 : 1;
    return host.make(out, x.shape, 'bool');
  };
