/** What a mended kernel is told of the backend that it runs on: how numbers are read and handed back. */
import type * as tf from '@tensorflow/tfjs';
import type { Shape } from '../../../dsl/index.js';

/** The numbers of a tensor, flat and row-major. */
export type Numbers = Float32Array | Int32Array | Uint8Array;

export type NumericType = 'float32' | 'int32' | 'bool';

export type Attributes = Readonly<Record<string, unknown>>;

/** A kernel as TensorFlow.js knows it. */
export type OwnKernel = Pick<tf.KernelConfig, 'kernelFunc'>;

export interface Host {
  /** A look at a tensor's numbers, good until the next one is made. */
  readonly read: (x: tf.TensorInfo) => Numbers;
  readonly make: (values: Numbers, shape: Shape, dtype: NumericType) => tf.TensorInfo;
  readonly free: (x: tf.TensorInfo) => void;
  /** Runs a kernel of the backend: a registered one, by its name, or one that was. */
  readonly run: (
    kernel: string | OwnKernel,
    inputs: tf.NamedTensorInfoMap,
    attributes: object,
  ) => tf.TensorInfo;
}

/** A kernel in terms of its host. */
export type MendedKernel = (
  host: Host,
  inputs: tf.NamedTensorInfoMap,
  attributes: Attributes,
) => tf.TensorInfo;

/** An input that the kernel cannot do without. */
export const inputOf = (inputs: tf.NamedTensorInfoMap, name: string): tf.TensorInfo => {
  const found = inputs[name];
  if (found === undefined) throw new Error(`a kernel was given no '${name}'`);
  return found;
};

/** An array of zeros for numbers of a type. */
export const zerosOf = (dtype: NumericType, size: number): Numbers => {
  switch (dtype) {
    case 'float32':
      return new Float32Array(size);
    case 'int32':
      return new Int32Array(size);
    case 'bool':
      return new Uint8Array(size);
  }
};

/** The type that a sum of numbers has: truth values are counted. */
export const typeOfSum = ({ dtype }: tf.TensorInfo): NumericType =>
  dtype === 'float32' ? 'float32' : 'int32';

/** The type of a tensor of numbers. */
export const numericType = ({ dtype }: tf.TensorInfo): NumericType =>
  dtype === 'float32' || dtype === 'int32' ? dtype : 'bool';
