/**
 * Kernels of the `cpu` backend, mended.
 *
 * - Products of matrices, running sums and scattered additions keep float32 between their terms.
 * - `Mean` divides each term before it adds.
 * - `_FusedMatMul` has a product of its own.
 * - `TensorScatterUpdate` writes into its input; `DenseBincount` of one row forgets `binaryOutput`.
 * - `StridedSlice` takes other elements where an axis is left out beside a step.
 * - The gradients of means over padded windows, of maxima over windows of unequal sides in three dimensions, and
 *   of resized images are not theirs.
 * - The gradient of a convolution by its filter looks for each number of its images by its place on each axis.
 * - `UnsortedSegmentSum` reads all its rows once for each segment.
 * - `Einsum` forgets an operand that has no summed axis where the other has one.
 * - `Erf` is 10⁻⁹ at 0 and right to seven digits elsewhere; `Elu`, `Selu` and `Softplus` cancel.
 */
import * as tf from '@tensorflow/tfjs';
import { denseBincount } from './kernels/dense-bincount.js';
import { einsum } from './kernels/einsum.js';
import * as elementwise from './kernels/elementwise.js';
import { fusedMatMul } from './kernels/fused-mat-mul.js';
import type { Host, Numbers } from './kernels/host.js';
import { exactProduct } from './kernels/product.js';
import { mean } from './kernels/reduction.js';
import { always, register, runOn } from './kernels/register.js';
import { cumsum } from './kernels/running-sum.js';
import { scatterNd, tensorScatterUpdate, unsortedSegmentSum } from './kernels/scatter.js';
import { stridedSlice } from './kernels/strided-slice.js';
import { written } from './kernels/written.js';

const NAME = 'cpu';

const isNumbers = (x: unknown): x is Numbers =>
  x instanceof Float32Array || x instanceof Int32Array || x instanceof Uint8Array;

const hostOf = (backend: object): Host => {
  if (!(backend instanceof tf.KernelBackend)) throw new Error('a cpu kernel was run on no backend');
  return {
    read: ({ dataId, dtype }) => {
      const values: unknown = backend.readSync(dataId);
      if (isNumbers(values)) return values;
      throw new Error(`cpu: expected numbers, but got ${dtype}`);
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

/** Installs the kernels; doing it again changes nothing. */
export const mendCpuKernels = (): void =>
  register(NAME, hostOf, {
    AvgPool3DGrad: always(written('AvgPool3DGrad')),
    AvgPoolGrad: always(written('AvgPoolGrad')),
    _FusedMatMul: always(fusedMatMul),
    BatchMatMul: always(exactProduct),
    Conv2DBackpropFilter: always(written('Conv2DBackpropFilter')),
    Cumsum: always(cumsum),
    DenseBincount: always(denseBincount),
    Einsum: always(einsum),
    Elu: always(elementwise.elu),
    Erf: always(elementwise.erfKernel),
    MaxPool3DGrad: always(written('MaxPool3DGrad')),
    Mean: always(mean),
    ResizeBilinearGrad: always(written('ResizeBilinearGrad')),
    ResizeNearestNeighborGrad: always(written('ResizeNearestNeighborGrad')),
    ScatterNd: always(scatterNd),
    Selu: always(elementwise.selu),
    Softplus: always(elementwise.softplusKernel),
    StridedSlice: always(stridedSlice),
    TensorScatterUpdate: always(tensorScatterUpdate),
    UnsortedSegmentSum: always(unsortedSegmentSum),
  });
