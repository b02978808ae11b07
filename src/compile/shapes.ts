/** The shapes that kernels give, without running them. */
import * as tf from '@tensorflow/tfjs';
import { kernelAttributes, namedOrListed } from '../kernels/call.js';
import { kernels } from '../kernels/index.js';
import { axesOf, numbers } from '../graph/attributes.js';
import type { DType, Value } from '../graph/graph.js';

export { axesOf, numbers };

const isDType = (d: unknown): d is DType => d === 'float32' || d === 'int32' || d === 'bool';

const filled = ({ shape, dtype }: Value, backend: tf.KernelBackend): tf.TensorInfo => {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = dtype === 'float32' ? new Float32Array(size) : new Int32Array(size);
  return { dataId: backend.write(values, [...shape], dtype), shape: [...shape], dtype };
};

/**
 * The outputs of a kernel. Kernels without a rule are run once by the plain JavaScript backend on
 * zeros, since no kernel's shape depends on its values.
 */
export const outputsOf = (
  kernel: string,
  inputs: Readonly<Record<string, Value>>,
  attributes: Readonly<Record<string, unknown>>,
): readonly Value[] => {
  const known = kernels.get(kernel)?.shape(inputs, attributes);
  if (known !== undefined) return 'shape' in known ? [known] : known;
  const backend = tf.findBackend('cpu');
  const config = tf.getKernel(kernel, 'cpu');
  const zeros = namedOrListed(inputs, (value) => filled(value, backend));
  const attrs = kernelAttributes(attributes);
  const out = config.kernelFunc({ inputs: zeros, attrs, backend });
  return (Array.isArray(out) ? out : [out]).map(({ shape, dtype }) => ({
    shape,
    dtype: isDType(dtype) ? dtype : 'float32',
  }));
};
