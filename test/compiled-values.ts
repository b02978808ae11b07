/** What the tests of compiling share: inputs, and how far two tensors lie apart. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { type Tensor, compile, graphOf } from '../src/index.js';
import { boundTo } from '../src/compile/compile.js';
import { javascriptExecutable } from '../src/compile/javascript/executable.js';
import { right } from './either.js';

type Named = Readonly<Record<string, Tensor>>;

/** A function by generated code of one style, whatever the size. */
const generated = (
  f: (inputs: Named) => Named,
  inputs: Named,
  style: 'straight' | 'loops',
): Named => {
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

/** How a function can be run: by ONNX Runtime, as straight code, as loops. */
export const ways = ['onnxruntime', 'straight', 'loops'] as const;

/** What a function gives when it is compiled in one way. */
export const compiledBy = async (
  way: (typeof ways)[number],
  f: (inputs: Named) => Named,
  inputs: Named,
): Promise<Named> => {
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

/** An operation that no executor has, on a vector. */
export const unsupported = (x: Tensor): Tensor =>
  tf.reshape(
    tf.dilation2d(
      tf.reshape<tf.Rank.R4>(x, [1, x.size, 1, 1]),
      tf.zeros<tf.Rank.R3>([1, 1, 1]),
      1,
      'same',
    ),
    x.shape,
  );
