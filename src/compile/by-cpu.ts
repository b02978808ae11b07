/** Kernels run on plain numbers by the plain JavaScript backend, whatever backend is in use or records. */
import * as tf from '@tensorflow/tfjs';
import { kernelAttributes, namedOrListed } from '../kernels/call.js';
import type { Value } from '../graph/graph.js';

/** A value with its numbers. */
export interface Known extends Value {
  readonly numbers: ArrayLike<number>;
}

const arrayOf = ({ dtype, numbers }: Known): Float32Array | Int32Array | Uint8Array => {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(numbers);
    case 'int32':
      return Int32Array.from(numbers);
    case 'bool':
      return Uint8Array.from(numbers);
  }
};

/** The numbers of a kernel's outputs; nothing where the backend lacks it. */
export const byCpu = (
  kernel: string,
  inputs: Readonly<Record<string, Known>>,
  attributes: Readonly<Record<string, unknown>>,
): readonly ArrayLike<number>[] | undefined => {
  const config = tf.getKernel(kernel, 'cpu');
  if (config === undefined) return undefined;
  const backend = tf.findBackend('cpu');
  const given = namedOrListed(inputs, (known): tf.TensorInfo => {
    const { shape, dtype } = known;
    return { dataId: backend.write(arrayOf(known), [...shape], dtype), shape: [...shape], dtype };
  });
  const out = config.kernelFunc({ inputs: given, attrs: kernelAttributes(attributes), backend });
  const made = Array.isArray(out) ? out : [out];
  const numbers = made.map(({ dataId }) => Array.from(backend.readSync(dataId), Number));
  for (const { dataId } of [...Object.values(given), ...made]) backend.disposeData(dataId, true);
  return numbers;
};
