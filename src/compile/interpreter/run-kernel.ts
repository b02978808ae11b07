/** One kernel on the backend of TensorFlow.js that is in use. */
import * as tf from '@tensorflow/tfjs';
import type { HostCode } from '../../../dsl/tensors/host-kernel.js';
import type { Tensor } from '../../../dsl/index.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { kernelAttributes, namedOrListed } from '../../kernels/call.js';
import { kernels } from '../../kernels/index.js';
import { type Values, emptyArray } from '../arena.js';
import type { GraphNode, Value } from '../../graph/graph.js';

/** The backend whose kernels are lent to others. */
const LENDER = 'cpu';

/** An operation that neither the backend in use has nor the one that lends. */
class KernelMissingError extends Error {
  readonly kernel: string;
  readonly backend: string;

  constructor(kernel: string, backend: string) {
    const asked = [...new Set([backend, LENDER])].map((name) => `'${name}'`).join(' or ');
    super(
      `expected the operation ${kernel} in the backend ${asked}, but there is none; ` +
        'write it in other operations.',
    );
    this.name = 'KernelMissingError';
    this.kernel = kernel;
    this.backend = backend;
  }
}

/** By name, or a list where a kernel takes one. */
type Inputs = Readonly<Record<string, Tensor>>;

const listed = (made: tf.TensorInfo | tf.TensorInfo[]): readonly tf.TensorInfo[] =>
  Array.isArray(made) ? made : [made];

const numbersOn = (backend: tf.KernelBackend, { dataId, dtype }: tf.TensorInfo): Values => {
  const values = backend.readSync(dataId);
  if (
    values instanceof Float32Array ||
    values instanceof Int32Array ||
    values instanceof Uint8Array
  ) {
    return values;
  }
  throw new Error(`expected numbers in a tensor, but got ${dtype}`);
};

/** A kernel of the backend in use. Some make tensors themselves, and others what tensors are made of. */
const own = (
  { kernelFunc }: tf.KernelConfig,
  inputs: Inputs,
  attrs: tf.NamedAttrMap,
): readonly Tensor[] => {
  const made = listed(kernelFunc({ inputs, attrs, backend: tf.backend() }));
  return made.map((info) =>
    info instanceof tf.Tensor ? info : tf.engine().makeTensorFromTensorInfo(info),
  );
};

/** A kernel of another backend, to which numbers are moved, and back. */
const lent = (
  { kernelFunc }: tf.KernelConfig,
  inputs: Inputs,
  attrs: tf.NamedAttrMap,
): readonly Tensor[] => {
  const backend = tf.findBackend(LENDER);
  const moved: object[] = [];
  try {
    const infos: tf.NamedTensorInfoMap = namedOrListed(inputs, (x) => {
      const dataId = backend.write(numbersOn(tf.backend(), x), x.shape, x.dtype);
      moved.push(dataId);
      return { dataId, shape: x.shape, dtype: x.dtype };
    });
    const made = listed(kernelFunc({ inputs: infos, attrs, backend }));
    moved.push(...made.map(({ dataId }) => dataId));
    return made.map((info) =>
      tf.engine().makeTensor(numbersOn(backend, info), info.shape, info.dtype),
    );
  } finally {
    for (const dataId of moved) backend.disposeData(dataId);
  }
};

/** A call of host code, on plain arrays. */
const onHost = (code: HostCode, inputs: Inputs, { shape, dtype }: Value): Tensor => {
  const out = emptyArray(dtype, sizeOf(shape));
  code(
    Object.values(inputs).map((x) => numbersOn(tf.backend(), x)),
    out,
  );
  return tf.engine().makeTensor(out, [...shape], dtype);
};

/**
 * Runs a node on the backend that is in use, or on `cpu` where that lacks its kernel: its outputs, which are the
 * caller's. Nothing is recorded for a gradient.
 */
export const runKernel = (node: GraphNode, inputs: Inputs, first: Value): readonly Tensor[] => {
  const host = kernels.get(node.kernel)?.host;
  if (host !== undefined) {
    const shapes = Object.values(inputs).map((x) => x.shape);
    return [onHost(host(node.attributes, shapes), inputs, first)];
  }
  const attrs = kernelAttributes(node.attributes);
  const backend = tf.getBackend();
  const found = tf.getKernel(node.kernel, backend);
  if (found !== undefined) return own(found, inputs, attrs);
  const other = tf.getKernel(node.kernel, LENDER);
  if (other === undefined) throw new KernelMissingError(node.kernel, backend);
  return lent(other, inputs, attrs);
};
