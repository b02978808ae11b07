/** How kernels that give an array another shape are written: its elements stay in their order. */
import { flatten, unflatten } from '../../code/javascript/indexing.js';
import { reshaped } from '../../code/onnx/moves.js';
import type { Kernel } from '../kernel.js';

export const sameOrder: Pick<Kernel, 'work' | 'onnx' | 'element'> = {
  work: 'nothing',
  onnx: ({ b, all: [x = ''], out }) => reshaped(b, x, out.shape),
  element: ({ read, value, inputs: [x = 'x'], outs: [out] }, block, index) =>
    read(block, x, unflatten(flatten(index, out?.shape ?? []), value(x).shape)),
};
