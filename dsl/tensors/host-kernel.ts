/** Kernels that are plain JavaScript over arrays: what TensorFlow.js has none of its own for. */
import * as tf from '@tensorflow/tfjs';
import type { Shape } from './noise.js';
import { sizeOf } from './shape.js';
import type { Tensor } from './tensor.js';

/** A call over plain arrays: reads the arguments, and fills the result. */
export type HostCode = (
  inputs: readonly ArrayLike<number>[],
  out: { [at: number]: number },
) => void;

/** What a call makes, and by what. */
export interface HostWork {
  readonly code: HostCode;
  readonly shape: Shape;
  readonly dtype: 'float32' | 'int32';
}

type Attributes = Readonly<Record<string, unknown>>;

export interface HostKernel {
  readonly name: string;
  readonly work: (attributes: Attributes, shapes: readonly Shape[]) => HostWork;
  /** The names of its inputs, where it has a gradient. */
  readonly inputs?: readonly string[];
  /** By input, for TensorFlow.js's own `grad`; `saved` are the inputs in order, and the output. */
  readonly gradient?: (
    dy: Tensor,
    saved: readonly Tensor[],
    attributes: Attributes,
  ) => Readonly<Record<string, () => Tensor>>;
}

/** Attributes of a kernel that are functions, which the types of TensorFlow.js do not foresee. */
function asAttributes(attributes: Attributes): tf.NamedAttrMap;
function asAttributes(attributes: Attributes): object {
  return { ...attributes };
}

const numbersIn = (x: tf.TensorInfo): ArrayLike<number> => {
  // Past the reads of programs, which are refused: this one is declared.
  const values = tf.backend().readSync(x.dataId);
  return Array.isArray(values) ? [] : values;
};

/** Backends whose tensors have numbers call the code at once. */
const register = ({ name, work, inputs: names = [], gradient }: HostKernel): void => {
  // The backend has no name before it is first used.
  tf.backend();
  const backendName = tf.getBackend();
  if (tf.getKernel(name, backendName) !== undefined) return;
  tf.registerKernel({
    kernelName: name,
    backendName,
    kernelFunc: ({ inputs, attrs = {} }) => {
      const given = Object.values(inputs).flatMap((x) => (x === undefined ? [] : [x]));
      const { code, shape, dtype } = work(
        attrs,
        given.map((x) => x.shape),
      );
      const out =
        dtype === 'int32' ? new Int32Array(sizeOf(shape)) : new Float32Array(sizeOf(shape));
      code(given.map(numbersIn), out);
      return tf.tensor(out, [...shape], dtype);
    },
  });
  if (gradient === undefined || tf.getGradient(name) !== undefined) return;
  tf.registerGradient({
    kernelName: name,
    inputsToSave: [...names],
    outputsToSave: [true],
    gradFunc: (dy, saved, attrs) => {
      if (Array.isArray(dy)) throw new Error(`${name}: one output`);
      return gradient(dy, saved, attrs);
    },
  });
};

/** Runs a kernel on the numbers of tensors, or has it recorded. */
export const runHostKernel = (
  kernel: HostKernel,
  inputs: Readonly<Record<string, Tensor>>,
  attributes: Attributes = {},
): Tensor => {
  register(kernel);
  return tf.engine().runKernel(kernel.name, { ...inputs }, asAttributes(attributes));
};
