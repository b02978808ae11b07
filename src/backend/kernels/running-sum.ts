/** Running sums along an axis, in double precision and rounded as they are stored. */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { axisOf } from '../../graph/attributes.js';
import { type MendedKernel, inputOf, typeOfSum, zerosOf } from './host.js';

export const cumsum: MendedKernel = (host, inputs, attributes) => {
  const x = inputOf(inputs, 'x');
  const axis = axisOf(attributes['axis'], x.shape);
  const count = x.shape[axis] ?? 1;
  const inner = sizeOf(x.shape.slice(axis + 1));
  const outer = sizeOf(x.shape.slice(0, axis));
  const [reverse, exclusive] = [attributes['reverse'] === true, attributes['exclusive'] === true];
  const dtype = typeOfSum(x);
  const values = host.read(x);
  const out = zerosOf(dtype, values.length);
  const totals = new Float64Array(inner);
  for (let o = 0; o < outer; o += 1) {
    totals.fill(0);
    for (let k = 0; k < count; k += 1) {
      const row = (o * count + (reverse ? count - 1 - k : k)) * inner;
      for (let j = 0; j < inner; j += 1) {
        const before = totals[j] ?? 0;
        const after = before + (values[row + j] ?? 0);
        totals[j] = after;
        out[row + j] = exclusive ? before : after;
      }
    }
  }
  return host.make(out, x.shape, dtype);
};
