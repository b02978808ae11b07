/** x as another type of number. */
import type { DType } from '../../compile/graph.js';
import type { Kernel } from '../kernel.js';

const isDType = (d: unknown): d is DType => d === 'float32' || d === 'int32' || d === 'bool';

export const cast: Kernel = {
  name: 'Cast',
  shape: ({ x }, { dtype }) => x && { shape: x.shape, dtype: isDType(dtype) ? dtype : x.dtype },
  vjp: { x: ({ dy, at, y }) => (at('x').dtype === y.dtype ? dy : undefined) },
  batch: 'elementwise',
};
