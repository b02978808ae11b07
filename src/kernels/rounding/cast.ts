/** x as another type of number. */
import * as vectors from '../../code/webassembly/vectors.js';
import { converted } from '../../code/onnx/casting.js';
import type { DType } from '../../graph/graph.js';
import type { Kernel } from '../kernel.js';

const isDType = (d: unknown): d is DType => d === 'float32' || d === 'int32' || d === 'bool';

export const cast: Kernel = {
  name: 'Cast',
  shape: ({ x }, { dtype }) => x && { shape: x.shape, dtype: isDType(dtype) ? dtype : x.dtype },
  vjp: { x: ({ dy, at, y }) => (at('x').dtype === y.dtype ? dy : undefined) },
  batch: 'elementwise',
  onnx: ({ b, at, value, out }) => converted(b, at('x'), value('x').dtype, out.dtype),
  scalar: ([x = '0'], { dtype }) => {
    switch (dtype) {
      case 'int32':
        return `(${x} | 0)`;
      case 'bool':
        return `(${x} !== 0 ? 1 : 0)`;
      default:
        return x;
    }
  },
  vector: vectors.one(vectors.asNumber),
};
