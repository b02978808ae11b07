/** Kernels by name, for those that no operation of TensorFlow.js's asks for as they are needed. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import type { Attributes } from '../graph/shape-rule.js';

/** Attributes as a kernel takes them. */
export function kernelAttributes(attributes: Readonly<Record<string, unknown>>): tf.NamedAttrMap;
export function kernelAttributes(attributes: Readonly<Record<string, unknown>>): object {
  return { ...attributes };
}

/** Inputs as a kernel takes them: by name, or as a list where their names are positions. */
export const namedOrListed = <A, B>(
  inputs: Readonly<Record<string, A>>,
  f: (a: A) => B,
): Record<string, B> => {
  const entries = Object.entries(inputs).map(([name, a]): [string, B] => [name, f(a)]);
  const listed: B[] = [];
  return '0' in inputs
    ? Object.assign(listed, Object.fromEntries(entries), { length: entries.length })
    : Object.fromEntries(entries);
};

/** Runs a kernel on the backend that is in use, or records it; all its outputs. */
export const callAll = (
  kernel: string,
  inputs: Readonly<Record<string, Tensor>>,
  attributes: Attributes = {},
): readonly Tensor[] => {
  const made: Tensor | Tensor[] = tf.engine().runKernel(
    kernel,
    namedOrListed(inputs, (x) => x),
    kernelAttributes(attributes),
  );
  return Array.isArray(made) ? made : [made];
};

/** The same of a kernel with one output. */
export const call = (
  kernel: string,
  inputs: Readonly<Record<string, Tensor>>,
  attributes: Attributes = {},
): Tensor => callAll(kernel, inputs, attributes)[0] ?? tf.scalar(Number.NaN);
