/** Every n-th element of a block: TensorFlow.js takes others, where an axis is left out beside a step. */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { rangesOf, stridedSliceOf } from '../../kernels/slicing/strided-slice.js';
import { type MendedKernel, inputOf, numericType, zerosOf } from './host.js';

export const stridedSlice: MendedKernel = (host, inputs, attributes) => {
  const x = inputOf(inputs, 'x');
  const ranges = rangesOf(x.shape, attributes);
  const values = host.read(x);
  const out = zerosOf(numericType(x), sizeOf(ranges.map(({ count }) => count)));
  const fill = (axis: number, from: number, to: number): number => {
    const range = ranges[axis];
    if (range === undefined) {
      out[to] = values[from] ?? 0;
      return to + 1;
    }
    const stride = sizeOf(x.shape.slice(axis + 1));
    let next = to;
    for (let k = 0; k < range.count; k += 1) {
      next = fill(axis + 1, from + (range.first + k * range.step) * stride, next);
    }
    return next;
  };
  fill(0, 0, 0);
  return host.make(out, stridedSliceOf(x.shape, attributes).finalShape, numericType(x));
};
