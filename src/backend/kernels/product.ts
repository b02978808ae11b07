/**
 * Products of matrices whose sums are longer than float32 adds up well. A sum of n like terms, added
 * one after another, is off by about n 2⁻²⁴ / 3 of itself: a million rows, by some percent.
 */
import * as tf from '@tensorflow/tfjs';
import { sameShape, sizeOf } from '../../../dsl/tensors/shape.js';
import type { Shape } from '../../../dsl/index.js';
import {
  type Attributes,
  type Host,
  type MendedKernel,
  type Numbers,
  inputOf,
  numericType,
  zerosOf,
} from './host.js';

/** A product a b of matrices, or of stacks of them. */
interface Product {
  readonly a: tf.TensorInfo;
  readonly b: tf.TensorInfo;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Stacks, rows, columns, and the length of each sum. */
  readonly lead: Shape;
  readonly m: number;
  readonly n: number;
  readonly inner: number;
}

/** What a product is of. */
export const productOf = (inputs: tf.NamedTensorInfoMap, attributes: Attributes): Product => {
  const [a, b] = [inputOf(inputs, 'a'), inputOf(inputs, 'b')];
  const transposeA = attributes['transposeA'] === true;
  const transposeB = attributes['transposeB'] === true;
  const [m = 1, inner = 1] = transposeA ? a.shape.slice(-2).toReversed() : a.shape.slice(-2);
  const [n = 1] = transposeB ? b.shape.slice(-2, -1) : b.shape.slice(-1);
  const lead = tf.broadcast_util.assertAndGetBroadcastShape(
    a.shape.slice(0, -2),
    b.shape.slice(0, -2),
  );
  return { a, b, transposeA, transposeB, lead, m, n, inner };
};

/** The number of the matrix of an operand that a matrix of the result takes, by the stacks' shapes. */
const matrixAt = (flat: number, lead: Shape, own: Shape): number => {
  let [rest, at, stride] = [flat, 0, 1];
  for (let axis = lead.length - 1; axis >= 0; axis -= 1) {
    const size = lead[axis] ?? 1;
    const n = own[axis - (lead.length - own.length)] ?? 1;
    if (n !== 1) at += (rest % size) * stride;
    stride *= n;
    rest = Math.floor(rest / size);
  }
  return at;
};

/** A matrix turned over. */
const turned = (x: Numbers, from: number, rows: number, columns: number): Float64Array => {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i += 1) {
    for (let j = 0; j < columns; j += 1) out[j * rows + i] = x[from + i * columns + j] ?? 0;
  }
  return out;
};

/** The totals that are kept at once: what a processor has close at hand. */
const MOST_TOTALS = 4096;

/** A product in double precision, rounded once. */
export const productInDoubles = (host: Host, product: Product): tf.TensorInfo => {
  const { a, b, transposeA, transposeB, lead, m, n, inner } = product;
  const dtype = numericType(a);
  const [x, y] = [host.read(a), host.read(b)];
  const stacks = sizeOf(lead);
  const out = zerosOf(dtype, stacks * m * n);
  const rows = Math.max(1, Math.min(m, Math.floor(MOST_TOTALS / Math.max(1, n))));
  const totals = new Float64Array(rows * n);
  const [alongRow, alongInner] = transposeA ? [1, m] : [inner, 1];
  for (let s = 0; s < stacks; s += 1) {
    const fromA = matrixAt(s, lead, a.shape.slice(0, -2)) * m * inner;
    const stackB = matrixAt(s, lead, b.shape.slice(0, -2)) * inner * n;
    const right = transposeB ? turned(y, stackB, n, inner) : y;
    const fromB = transposeB ? 0 : stackB;
    for (let top = 0; top < m; top += rows) {
      const some = Math.min(rows, m - top);
      totals.fill(0);
      for (let k = 0; k < inner; k += 1) {
        const rowB = fromB + k * n;
        for (let i = 0; i < some; i += 1) {
          const left = x[fromA + (top + i) * alongRow + k * alongInner] ?? 0;
          const rowT = i * n;
          for (let j = 0; j < n; j += 1) {
            totals[rowT + j] = (totals[rowT + j] ?? 0) + left * (right[rowB + j] ?? 0);
          }
        }
      }
      const at = (s * m + top) * n;
      for (let t = 0; t < some * n; t += 1) out[at + t] = totals[t] ?? 0;
    }
  }
  return host.make(out, [...lead, m, n], dtype);
};

/** A product in double precision whatever its length. */
export const exactProduct: MendedKernel = (host, inputs, attributes) =>
  productInDoubles(host, productOf(inputs, attributes));

/** Sums shorter than this are left to the backend: hidden layers are, and minibatches. */
const LONG = 1024;

/** Of so few numbers, a result is found in double precision sooner than by blocks. */
const FEW = 4096;

/** Very few numbers: the backend is no faster at them. */
const VERY_FEW = 256;
const LONG_FOR_VERY_FEW = 64;

/** The terms that float32 adds up in one go: like ones to 10⁻⁶ of their sum, n 2⁻²⁴ / 3. */
const BLOCK = 48;

/** Part of an operand along an axis. The `wasm` backend's own slice copies the whole operand first. */
const sliced = (
  host: Host,
  x: tf.TensorInfo,
  axis: number,
  from: number,
  size: number,
): tf.TensorInfo => {
  const dtype = numericType(x);
  const length = x.shape[axis] ?? 1;
  const inner = sizeOf(x.shape.slice(axis + 1));
  const outer = sizeOf(x.shape.slice(0, axis));
  const values = host.read(x);
  const part = zerosOf(dtype, outer * size * inner);
  for (let o = 0; o < outer; o += 1) {
    const start = (o * length + from) * inner;
    part.set(values.subarray(start, start + size * inner), o * size * inner);
  }
  return host.make(part, x.shape.with(axis, size), dtype);
};

/** Block by block of the sums, by the backend, and the blocks added in double precision. */
const productByBlocks = (
  host: Host,
  multiply: MendedKernel,
  attributes: Attributes,
  { a, b, transposeA, transposeB, lead, m, n, inner }: Product,
): tf.TensorInfo => {
  const totals = new Float64Array(sizeOf(lead) * m * n);
  const axisA = a.shape.length - (transposeA ? 2 : 1);
  const axisB = b.shape.length - (transposeB ? 1 : 2);
  for (let from = 0; from < inner; from += BLOCK) {
    const size = Math.min(BLOCK, inner - from);
    const part = {
      a: sliced(host, a, axisA, from, size),
      b: sliced(host, b, axisB, from, size),
    };
    const block = multiply(host, part, attributes);
    const values = host.read(block);
    for (let i = 0; i < totals.length; i += 1) totals[i] = (totals[i] ?? 0) + (values[i] ?? 0);
    [part.a, part.b, block].forEach(host.free);
  }
  return host.make(Float32Array.from(totals), [...lead, m, n], 'float32');
};

const transposed = (host: Host, x: tf.TensorInfo): tf.TensorInfo => {
  const rank = x.shape.length;
  const perm = x.shape.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  return host.run('Transpose', { x }, { perm });
};

/** A product of operands as they are: a path for transposed ones is some ten times slower. */
const transposingFirst =
  (multiply: MendedKernel): MendedKernel =>
  (host, inputs, attributes) => {
    const { a, b, transposeA, transposeB } = productOf(inputs, attributes);
    if (!transposeA && !transposeB) return multiply(host, inputs, attributes);
    const left = transposeA ? transposed(host, a) : a;
    const right = transposeB ? transposed(host, b) : b;
    const out = multiply(
      host,
      { a: left, b: right },
      { ...attributes, transposeA: false, transposeB: false },
    );
    if (left !== a) host.free(left);
    if (right !== b) host.free(right);
    return out;
  };

/** Whether the backend pairs the matrices of both stacks as they broadcast: one for all, or one for each. */
const pairs = ({ a, b, lead }: Product): boolean =>
  [a, b].every(({ shape }) => {
    const stack = shape.slice(0, -2);
    return sizeOf(stack) === 1 || sameShape(stack, lead);
  });

/** A backend's own product, transposing first, and in double precision or by blocks where it is long. */
export const accurateProduct = (own: MendedKernel): MendedKernel => {
  const multiply = transposingFirst(own);
  return (host, inputs, attributes) => {
    const product = productOf(inputs, attributes);
    const results = sizeOf(product.lead) * product.m * product.n;
    // A layer of no units has one, of which the backend complains on the terminal.
    if (results * product.inner === 0 || !pairs(product)) return productInDoubles(host, product);
    const long = results <= VERY_FEW ? LONG_FOR_VERY_FEW : LONG;
    if (product.inner <= long || product.a.dtype !== 'float32') {
      return multiply(host, inputs, attributes);
    }
    return results <= FEW
      ? productInDoubles(host, product)
      : productByBlocks(host, multiply, attributes, product);
  };
};
