/** Sums of many terms, each with its value in double precision: what no engine may lose digits of. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';

export type Named = Readonly<Record<string, Tensor>>;

/** A function of arrays whose results are sums, and what they are to be. */
export interface LongSum {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Float32Array>>;
  readonly f: (inputs: Named) => Tensor;
  /** Whether ONNX Runtime adds it up by itself, in float32: to 3e-6 of what is added up. */
  readonly left?: boolean;
  /** The results, and the sum of the sizes of what each adds up. */
  readonly exact: () => readonly { readonly value: number; readonly size: number }[];
}

/** Data whose terms are alike, so that roundings do not cancel: 1.78, or 1 + (i mod 7) / 10. */
export const alike = (n: number): Float32Array => new Float32Array(n).fill(1.78);
export const sevenths = (n: number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => 1 + (i % 7) / 10);

/** Σ of the terms that belong to each result; the size of none is 1. */
const sums = (
  results: number,
  terms: number,
  term: (i: number) => number,
  resultOf: (i: number) => number,
): ReturnType<LongSum['exact']> => {
  const value = new Float64Array(results);
  const size = new Float64Array(results);
  for (let i = 0; i < terms; i += 1) {
    const [at, x] = [resultOf(i), term(i)];
    value[at] = (value[at] ?? 0) + x;
    size[at] = (size[at] ?? 0) + Math.abs(x);
  }
  return Array.from(value, (v, i) => ({ value: v, size: Math.max(size[i] ?? 0, 1) }));
};

/** An input; NaN where it is missing, which none is. */
const of = (inputs: Named, name: string): Tensor => inputs[name] ?? tf.scalar(Number.NaN);

const along = (
  name: string,
  x: Float32Array,
  shape: readonly number[],
  f: (x: Tensor) => Tensor,
  results: number,
  resultOf: (i: number) => number,
  scale = 1,
): LongSum => ({
  name,
  inputs: { x },
  f: (inputs) => f(tf.reshape(of(inputs, 'x'), [...shape])),
  exact: () => sums(results, x.length, (i) => (x[i] ?? 0) * scale, resultOf),
});

/** Aᵀ B summed over `rows`, from matrices of `m` and `n` columns, stored in one way or another. */
const product = (
  name: string,
  rows: number,
  m: number,
  n: number,
  transposeA: boolean,
  transposeB: boolean,
): LongSum => {
  const [a, b] = [sevenths(rows * m), alike(rows * n)];
  const [placeA, placeB] = [
    (k: number, i: number) => (transposeA ? k * m + i : i * rows + k),
    (k: number, j: number) => (transposeB ? j * rows + k : k * n + j),
  ];
  return {
    name,
    inputs: { a, b },
    f: (inputs) =>
      tf.matMul(
        tf.reshape(of(inputs, 'a'), transposeA ? [rows, m] : [m, rows]),
        tf.reshape(of(inputs, 'b'), transposeB ? [n, rows] : [rows, n]),
        transposeA,
        transposeB,
      ),
    exact: () =>
      sums(
        m * n,
        rows * m * n,
        (t) => {
          const [k, i, j] = [Math.floor(t / (m * n)), Math.floor(t / n) % m, t % n];
          return (a[placeA(k, i)] ?? 0) * (b[placeB(k, j)] ?? 0);
        },
        (t) => t % (m * n),
      ),
  };
};

const MILLION = 1_000_000;

/** Rows of a gather that all but a few times name the first row. */
const crowded = (n: number): readonly number[] =>
  Array.from({ length: n }, (_, i) => (i % 1000 === 0 ? 2 : 0));

export const longSums: readonly LongSum[] = [
  along(
    'a sum of all',
    alike(MILLION),
    [MILLION],
    (x) => tf.sum(x),
    1,
    () => 0,
  ),
  along(
    'a sum of a count that has no divisor',
    alike(999_983),
    [999_983],
    (x) => tf.sum(x),
    1,
    () => 0,
  ),
  along(
    'a mean',
    alike(MILLION),
    [MILLION],
    (x) => tf.mean(x),
    1,
    () => 0,
    1 / MILLION,
  ),
  along(
    'a sum of all along two axes',
    alike(MILLION),
    [1000, 1000],
    (x) => tf.sum(x),
    1,
    () => 0,
  ),
  along(
    'a sum of rows',
    alike(MILLION),
    [MILLION / 4, 4],
    (x) => tf.sum(x, 0),
    4,
    (i) => i % 4,
  ),
  along(
    'a sum of columns',
    alike(MILLION),
    [4, MILLION / 4],
    (x) => tf.sum(x, -1, true),
    4,
    (i) => Math.floor((4 * i) / MILLION),
  ),
  along(
    'a sum along axes that lie apart',
    alike(MILLION),
    [500, 4, 500],
    (x) => tf.sum(x, [0, 2]),
    4,
    (i) => Math.floor(i / 500) % 4,
  ),
  along(
    'a sum of the middle axis',
    alike(MILLION),
    [2, MILLION / 8, 4],
    (x) => tf.sum(x, 1),
    8,
    (i) => Math.floor((2 * i) / MILLION) * 4 + (i % 4),
  ),
  along(
    'the gradient of what is broadcast',
    sevenths(MILLION),
    [MILLION / 5, 5],
    (x) => {
      const f = (b: Tensor): Tensor => tf.sum(tf.mul(x, b));
      return tf.grad(f)(tf.zeros([5]));
    },
    5,
    (i) => i % 5,
  ),
  along(
    'the last of running sums',
    alike(MILLION),
    [MILLION, 1],
    (x) => tf.slice(tf.cumsum(x, 0), [MILLION - 1, 0], [1, 1]),
    1,
    () => 0,
  ),
  along(
    'segments',
    sevenths(200_000),
    [100_000, 2],
    (x) => {
      const rows = tf.tensor1d([...crowded(100_000)], 'int32');
      return tf.unsortedSegmentSum(x, rows, 3);
    },
    6,
    (i) => (Math.floor(i / 2) % 1000 === 0 ? 4 : 0) + (i % 2),
  ),
  along(
    'the gradient of a gather',
    sevenths(100_000),
    [100_000],
    (x) => {
      const rows = tf.tensor1d([...crowded(100_000)], 'int32');
      return tf.grad((table: Tensor) => tf.sum(tf.mul(tf.gather(table, rows), x)))(tf.zeros([3]));
    },
    3,
    (i) => (i % 1000 === 0 ? 2 : 0),
  ),
  {
    name: 'the sum that divides a softmax',
    inputs: { x: new Float32Array(MILLION) },
    f: (inputs) => tf.div(1, tf.slice(tf.softmax(of(inputs, 'x')), [0], [1])),
    exact: () => [{ value: MILLION, size: MILLION }],
  },
  product('rows times columns', MILLION, 1, 1, false, false),
  product("a layer's gradient by its weights", MILLION / 4, 4, 3, true, false),
  product('columns times columns', MILLION / 5, 2, 3, false, true),
  product('rows times rows', MILLION / 5, 3, 2, true, true),
  { ...product('more results than are kept at once', 3000, 70, 70, true, false), left: true },
];
