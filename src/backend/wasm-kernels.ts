/**
 * Two kernels of the `wasm` backend, mended.
 *
 * - A matrix product with a transposed operand takes a path some ten times slower than transposing
 *   first, and every gradient of a product has one.
 * - `UnsortedSegmentSum` is missing, so a gather along the rows of a parameter had no gradient.
 */
import * as tf from '@tensorflow/tfjs';
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

const NAME = 'wasm';

const transposed = (x: tf.TensorInfo, backend: BackendWasm): tf.TensorInfo => {
  const rank = x.shape.length;
  const perm = x.shape.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));
  const out = tf
    .getKernel('Transpose', NAME)
    .kernelFunc({ inputs: { x }, backend, attrs: { perm } });
  const [info] = Array.isArray(out) ? out : [out];
  if (info === undefined) throw new Error('Transpose returned nothing');
  return info;
};

const wasmOf = (backend: unknown): BackendWasm => {
  if (backend instanceof BackendWasm) return backend;
  throw new Error('a wasm kernel was run on another backend');
};

const matMulTransposingFirst =
  (product: tf.KernelFunc): tf.KernelFunc =>
  (params) => {
    const { a, b } = params.inputs;
    const { transposeA, transposeB } = params.attrs ?? {};
    if (a === undefined || b === undefined || (transposeA !== true && transposeB !== true)) {
      return product(params);
    }
    const backend = wasmOf(params.backend);
    const left = transposeA === true ? transposed(a, backend) : a;
    const right = transposeB === true ? transposed(b, backend) : b;
    const out = product({
      inputs: { a: left, b: right },
      backend: params.backend,
      attrs: { ...params.attrs, transposeA: false, transposeB: false },
    });
    if (left !== a) backend.disposeData(left.dataId);
    if (right !== b) backend.disposeData(right.dataId);
    return out;
  };

/** out[s] = Σ x[i] over the rows i with segment s; rows with a negative segment are dropped. */
const segmentSum: tf.KernelFunc = ({ inputs, attrs, backend: given }) => {
  const { x, segmentIds } = inputs;
  const segments = attrs?.['numSegments'];
  if (x === undefined || segmentIds === undefined || typeof segments !== 'number') {
    throw new Error('UnsortedSegmentSum: expected x, segmentIds and numSegments');
  }
  const backend = wasmOf(given);
  const rows = tf.util.sizeFromShape(segmentIds.shape);
  const shape = [segments, ...x.shape.slice(segmentIds.shape.length)];
  const width = rows === 0 ? 0 : tf.util.sizeFromShape(x.shape) / rows;
  const values = backend.readSync(x.dataId);
  const ids = backend.readSync(segmentIds.dataId);
  const out = new Float32Array(tf.util.sizeFromShape(shape));
  for (let i = 0; i < rows; i += 1) {
    const segment = Number(ids[i]);
    if (segment < 0) continue;
    for (let j = 0; j < width; j += 1) {
      out[segment * width + j] = (out[segment * width + j] ?? 0) + Number(values[i * width + j]);
    }
  }
  return { dataId: backend.write(out, shape, 'float32'), shape, dtype: 'float32' };
};

const mended = new WeakSet<object>();

/** Installs the kernels; doing it again changes nothing. */
export const mendWasmKernels = (): void => {
  const product = tf.getKernel('BatchMatMul', NAME);
  if (product === undefined || mended.has(product)) return;
  const config: tf.KernelConfig = {
    ...product,
    kernelFunc: matMulTransposingFirst(product.kernelFunc),
  };
  mended.add(config);
  tf.unregisterKernel('BatchMatMul', NAME);
  tf.registerKernel(config);
  if (tf.getKernel('UnsortedSegmentSum', NAME) === undefined) {
    tf.registerKernel({
      kernelName: 'UnsortedSegmentSum',
      backendName: NAME,
      kernelFunc: segmentSum,
    });
  }
};
