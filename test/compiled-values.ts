/** What the tests of compiling share: inputs, and that compiled results are the eager ones. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { type Tensor, compile } from '../src/index.js';
import { right } from './either.js';

/** Numbers without pattern, the same every time. */
export const wave = (shape: readonly number[], seed = 1): Tensor =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      Math.sin(seed + i * 1.3),
    ),
    [...shape],
  );

/** The largest difference, relative to the largest value; NaN where a value is missing. */
export const gap = (a: Tensor, b: Tensor): number => {
  const [x, y] = [a.dataSync(), b.dataSync()];
  expect(a.shape).toEqual(b.shape);
  const scale = Math.max(1e-3, ...Array.from(y, Math.abs));
  return (
    Math.max(
      0,
      ...Array.from(x, (v, i) => (Object.is(v, y[i]) ? 0 : Math.abs(v - (y[i] ?? Number.NaN)))),
    ) / scale
  );
};

export type Results = Readonly<Record<string, Tensor>>;

const named = (xs: readonly Tensor[]): Results =>
  Object.fromEntries(xs.map((x, i) => [`x${i}`, x]));

/** What a function of a list of tensors returns where it is compiled. */
export const compiledResults = async (
  f: (xs: readonly Tensor[]) => Results,
  xs: readonly Tensor[],
): Promise<Results> => {
  const made = right(await compile((inputs) => f(Object.values(inputs)), named(xs))());
  try {
    return await made.run(named(xs));
  } finally {
    await made.close();
  }
};

/** Compares every result of the compiled function with the eager one, and its type. */
export const agrees = async (
  f: (xs: readonly Tensor[]) => Results,
  xs: readonly Tensor[],
  tolerance = 2e-5,
): Promise<void> => {
  const eager = f(xs);
  const found = await compiledResults(f, xs);
  for (const [name, value] of Object.entries(eager)) {
    const made = found[name] ?? tf.scalar(Number.NaN);
    expect([name, made.dtype, made.shape]).toEqual([name, value.dtype, value.shape]);
    expect(gap(made, value)).toBeLessThan(tolerance);
  }
};

export type Operation = (...inputs: Tensor[]) => Tensor;

/** The value and the gradients by all but the first input, which is their direction. */
export const withGradients =
  (f: Operation) =>
  ([direction = tf.scalar(0), ...xs]: readonly Tensor[]): Results => {
    const gradients = tf.grads((...inputs: Tensor[]) => tf.sum(tf.mul(f(...inputs), direction)));
    return { value: f(...xs), ...named(gradients([...xs])) };
  };

/** A tensor that is known to have this many axes. */
export const as3D = (x: Tensor): tf.Tensor3D => {
  const [a = 1, b = 1, c = 1] = x.shape;
  return x.as3D(a, b, c);
};
export const as4D = (x: Tensor): tf.Tensor4D => {
  const [a = 1, b = 1, c = 1, d = 1] = x.shape;
  return x.as4D(a, b, c, d);
};
export const as5D = (x: Tensor): tf.Tensor5D => {
  const [a = 1, b = 1, c = 1, d = 1, e = 1] = x.shape;
  return x.as5D(a, b, c, d, e);
};
