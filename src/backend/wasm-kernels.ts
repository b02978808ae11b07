/**
 * Kernels of the `wasm` backend, mended.
 *
 * - Sums, means, products, running sums and long products of matrices are added up in float32 there.
 * - `Log1p` is log(1 + x), sines and signs of small numbers are 0 or 10⁻⁷, cosines of large ones are
 *   not theirs, `ClipByValue`, `Relu6`, `Maximum` and `Minimum` lose NaN, `Selu` and `Softplus` cancel.
 * - `Add`, `Sub`, `Multiply`, `RealDiv` and `SquaredDifference` know six axes, and leave what they make unwritten along more.
 * - `Cast` takes the bytes of numbers for truth; `Prelu` takes no slope that is narrower than x.
 * - `GatherV2` with leading axes that belong together, and `OneHot` of an index that has no place, leave their arrays.
 * - `Select` of no numbers by truths writes over what lies behind them.
 * - `_FusedMatMul` has a product of its own.
 * - `TensorScatterUpdate` writes into its input; `DenseBincount` of one row forgets `binaryOutput`.
 * - `StridedSlice` takes other elements where an axis is left out beside a step.
 * - `Einsum` and `UnsortedSegmentSum` are missing, so a gather along the rows of a parameter had no gradient.
 * - The gradients of means over padded windows, of maxima over windows of unequal sides in three dimensions, of
 *   resized images, and of convolutions in three dimensions are not theirs; those of convolutions by their filters,
 *   and of depthwise ones, are missing.
 * - `UnsortedSegmentSum` is missing, so a gather along the rows of a parameter had no gradient; so are images whose
 *   channels are not the last axis.
 */
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { sizeOf } from '../../dsl/tensors/shape.js';
import { denseBincount } from './kernels/dense-bincount.js';
import { einsum } from './kernels/einsum.js';
import * as elementwise from './kernels/elementwise.js';
import { gather } from './kernels/gather.js';
import { fusedMatMul } from './kernels/fused-mat-mul.js';
import {
  type Host,
  type MendedKernel,
  type Numbers,
  inputOf,
  numericType,
  zerosOf,
} from './kernels/host.js';
import { manyAxes } from './kernels/many-axes.js';
import { oneHot } from './kernels/one-hot.js';
import { accurateProduct } from './kernels/product.js';
import { mean, prod, sum } from './kernels/reduction.js';
import { type Mend, always, register, runOn } from './kernels/register.js';
import { cumsum } from './kernels/running-sum.js';
import {
  scatterNd,
  sparseToDense,
  tensorScatterUpdate,
  unsortedSegmentSum,
} from './kernels/scatter.js';
import { softmax } from './kernels/softmax.js';
import { stridedSlice } from './kernels/strided-slice.js';
import { written } from './kernels/written.js';
import { guardWasmMemory } from './wasm-memory.js';

const NAME = 'wasm';

const wasmOf = (backend: object): BackendWasm => {
  if (backend instanceof BackendWasm) return backend;
  throw new Error('a wasm kernel was run on another backend');
};

const isNumbers = (x: unknown): x is Numbers =>
  x instanceof Float32Array || x instanceof Int32Array || x instanceof Uint8Array;

const hostOf = (given: object): Host => {
  const backend = wasmOf(given);
  return {
    read: (x) => {
      const values = backend.typedArrayFromHeap(x);
      if (isNumbers(values)) return values;
      throw new Error(`wasm: expected numbers, but got ${x.dtype}`);
    },
    make: (values, shape, dtype) => ({
      dataId: backend.write(values, [...shape], dtype),
      shape: [...shape],
      dtype,
    }),
    free: ({ dataId }) => void backend.disposeData(dataId),
    run: runOn(backend, NAME),
  };
};

/** A kernel that is made from the one that was there. */
const madeFrom =
  (what: string, mend: (own: MendedKernel) => MendedKernel): Mend =>
  (before) => {
    if (before === undefined) throw new Error(`the wasm backend has no ${what}`);
    return mend((host, inputs, attributes) => host.run(before, inputs, attributes));
  };

const product = madeFrom('matrix product', accurateProduct);

const cast = madeFrom('cast', elementwise.castBy);

/** The kernel that was there knows channels on the last axis alone. */
const convolution: Mend = (before) => {
  const other = written('Conv2D');
  return (host, inputs, attributes) =>
    before === undefined || attributes['dataFormat'] === 'NCHW'
      ? other(host, inputs, attributes)
      : host.run(before, inputs, attributes);
};

/** The kernel that was there writes a number for each truth, past the end of a result that has fewer. */
const select = madeFrom('choice', (own) => (host, inputs, attributes) => {
  const [t, condition] = [inputOf(inputs, 't'), inputOf(inputs, 'condition')];
  const isRow = condition.shape.length === 1 && condition.shape[0] === t.shape[0];
  if (sizeOf(t.shape) === 0) return host.make(zerosOf(numericType(t), 0), t.shape, numericType(t));
  if (!isRow && sizeOf(condition.shape) !== sizeOf(t.shape)) {
    throw new Error(
      `Select: expected a truth for each of [${t.shape.join(', ')}], but got [${condition.shape.join(', ')}].`,
    );
  }
  return own(host, inputs, attributes);
});

/** Gradients that are of other functions, or missing. */
const gradients = [
  'AvgPool3DGrad',
  'AvgPoolGrad',
  'Conv2DBackpropFilter',
  'Conv3DBackpropFilterV2',
  'Conv3DBackpropInputV2',
  'DepthwiseConv2dNativeBackpropFilter',
  'DepthwiseConv2dNativeBackpropInput',
  'MaxPool3DGrad',
  'ResizeBilinearGrad',
  'ResizeNearestNeighborGrad',
];

/** Installs the kernels; doing it again changes nothing. */
export const mendWasmKernels = (): void =>
  register(NAME, hostOf, {
    ...Object.fromEntries(gradients.map((kernel) => [kernel, always(written(kernel))])),
    _FusedMatMul: always(fusedMatMul),
    Add: manyAxes(elementwise.add),
    BatchMatMul: product,
    Cast: cast,
    ClipByValue: always(elementwise.clipByValue),
    Conv2D: convolution,
    Cos: always(elementwise.cos),
    Cumsum: always(cumsum),
    DenseBincount: always(denseBincount),
    Einsum: always(einsum),
    GatherV2: always(gather),
    Log1p: always(elementwise.log1p),
    Maximum: always(elementwise.maximum),
    Mean: always(mean),
    Minimum: always(elementwise.minimum),
    Multiply: manyAxes(elementwise.multiply),
    OneHot: always(oneHot),
    Prelu: always(elementwise.prelu),
    Prod: always(prod),
    RealDiv: manyAxes(elementwise.realDiv),
    Relu6: always(elementwise.relu6),
    ScatterNd: always(scatterNd),
    Select: select,
    Selu: always(elementwise.selu),
    Sign: always(elementwise.sign),
    Sin: always(elementwise.sin),
    Softmax: always(softmax),
    Softplus: always(elementwise.softplusKernel),
    SparseToDense: always(sparseToDense),
    SquaredDifference: manyAxes(elementwise.squaredDifference),
    StridedSlice: always(stridedSlice),
    Sub: manyAxes(elementwise.subtract),
    Sum: always(sum),
    TensorScatterUpdate: always(tensorScatterUpdate),
    UnsortedSegmentSum: always(unsortedSegmentSum),
  });

/** Has the backend refuse what does not fit in its memory. */
export const guardWasm = (backend: object): void => guardWasmMemory(wasmOf(backend));
