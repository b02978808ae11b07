/** Kernels by name, for those that no operation of TensorFlow.js's asks for as they are needed. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { kernelAttributes, namedOrListed } from '../compile/shapes.js';
import type { Attributes } from '../compile/shape-rule.js';

/** Runs a kernel on the backend that is in use, or records it; all its outputs. */
export const callAll = (
  kernel: string,
  inputs: Readonly<Record<string, Tensor>>,
  attributes: Attributes = {},
): readonly Tensor[] => {
  const made: Tensor | Tensor[] = tf
    .engine()
    .runKernel(
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
