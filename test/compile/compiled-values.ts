/** What the tests of compiling share: inputs, and that compiled results are the eager ones. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { expect } from 'vitest';
import type { Tensor } from 'marginalia';
import { compile, graphOf } from 'marginalia/compile';
import { boundTo, outputTensors } from '../../src/compile/compile.js';
import { javascriptExecutable } from '../../src/compile/javascript/executable.js';
import { segmentsExecutable } from '../../src/compile/segments/executable.js';
import { segmentPlan } from '../../src/compile/segments/plan.js';
import { right } from '../either.js';

export type Results = Readonly<Record<string, Tensor>>;

/** A function by generated code of one style, whatever the size. */
const generated = (
  f: (inputs: Results) => Results,
  inputs: Results,
  style: 'straight' | 'loops',
): Results => {
  const bound = boundTo(right(graphOf(f, inputs)));
  const { run, by } = right(javascriptExecutable(bound, { style }));
  expect(by).toContain(style);
  for (const [name, x] of Object.entries(inputs)) bound.inputs[name]?.set(x.dataSync());
  expect(run()).toBe(true);
  const { outputs, values } = bound.graph;
  return Object.fromEntries(
    outputs.map(({ name, id }) => {
      const { shape, dtype } = values[id] ?? { shape: [], dtype: 'float32' as const };
      return [name, tf.tensor(bound.outputs[name]?.slice() ?? [], [...shape], dtype)];
    }),
  );
};

/** A function by ONNX Runtime and fused loops, by turns. */
const inSegments = async (f: (inputs: Results) => Results, inputs: Results): Promise<Results> => {
  const bound = boundTo(right(graphOf(f, inputs)));
  const made = right(await segmentsExecutable(segmentPlan(bound.graph), bound, {}));
  for (const [name, x] of Object.entries(inputs)) bound.inputs[name]?.set(x.dataSync());
  // Twice: what a run leaves in memory must be nothing to the next.
  await made.run();
  await made.run();
  await made.close();
  return outputTensors(bound);
};

/** How a function can be run: by ONNX Runtime, with fused loops beside it, as straight code, as loops. */
export const ways = ['onnxruntime', 'segments', 'straight', 'loops'] as const;

/** What a function gives when it is compiled in one way. */
export const compiledBy = async (
  way: (typeof ways)[number],
  f: (inputs: Results) => Results,
  inputs: Results,
): Promise<Results> => {
  if (way === 'segments') return inSegments(f, inputs);
  if (way !== 'onnxruntime') return generated(f, inputs, way);
  const made = right(await compile(f, inputs, { executor: 'onnxruntime' })());
  const found = await made.run(inputs);
  await made.close();
  return found;
};

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

const named = (xs: readonly Tensor[]): Results =>
  Object.fromEntries(xs.map((x, i) => [`x${i}`, x]));

/** What a function of a list of tensors returns where it is compiled, by ONNX Runtime. */
export const compiledResults = (
  f: (xs: readonly Tensor[]) => Results,
  xs: readonly Tensor[],
): Promise<Results> => compiledBy('onnxruntime', (inputs) => f(Object.values(inputs)), named(xs));

/** How a function can be run: not by straight code that would be too long. */
const waysFor = (
  f: (inputs: Results) => Results,
  inputs: Results,
): readonly (typeof ways)[number][] => {
  const bound = boundTo(right(graphOf(f, inputs)));
  return ways.filter((way) => {
    if (way === 'onnxruntime' || way === 'segments') return true;
    const made = javascriptExecutable(bound, { style: way });
    if (E.isRight(made)) return true;
    expect([way, made.left._tag]).toEqual(['straight', 'tooLarge']);
    return false;
  });
};

/** Compares every result of the compiled function with the eager one, and its type. */
export const agrees = async (
  f: (xs: readonly Tensor[]) => Results,
  xs: readonly Tensor[],
  tolerance = 2e-5,
): Promise<void> => {
  const eager = f(xs);
  const ofNamed = (inputs: Results): Results => f(Object.values(inputs));
  for (const way of waysFor(ofNamed, named(xs))) {
    const found = await compiledBy(way, ofNamed, named(xs));
    for (const [name, value] of Object.entries(eager)) {
      const made = found[name] ?? tf.scalar(Number.NaN);
      expect([name, made.dtype, made.shape]).toEqual([name, value.dtype, value.shape]);
      expect(gap(made, value), way).toBeLessThan(tolerance);
    }
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
