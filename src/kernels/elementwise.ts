/** Kernels that make each element from one element of each operand, which broadcast from the right. */
import { broadcast } from '../../dsl/tensors/shape.js';
import type { DType, Value } from '../graph/graph.js';
import type { Kernel, ShapeRule } from './kernel.js';

/** What is said of such a kernel. */
interface Elementwise extends Omit<Kernel, 'shape' | 'batch'> {
  /** The type of the result, where that is not the first operand's. */
  readonly dtype?: DType;
}

const shapeOf =
  (dtype?: DType): ShapeRule =>
  (inputs) => {
    const all = Object.values(inputs);
    const [first] = all;
    const shape = all.reduce<Value['shape'] | undefined>(
      (so, value) => so && broadcast(so, value.shape),
      [],
    );
    return first && shape && { shape, dtype: dtype ?? first.dtype };
  };

/** A kernel that is computed element by element; it is batched as it is. */
export const elementwise = ({ dtype, ...rest }: Elementwise): Kernel => ({
  ...rest,
  shape: shapeOf(dtype),
  batch: 'elementwise',
});
