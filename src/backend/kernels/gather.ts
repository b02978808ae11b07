/** Slices by their numbers along an axis. With leading axes that belong together `wasm` reads what is not there. */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { axisOf, numberOf } from '../../graph/attributes.js';
import { type MendedKernel, inputOf, numericType, zerosOf } from './host.js';

export const gather: MendedKernel = (host, inputs, attributes) => {
  const [x, indices] = [inputOf(inputs, 'x'), inputOf(inputs, 'indices')];
  const axis = axisOf(attributes['axis'], x.shape);
  const given = numberOf(attributes['batchDims'], 0);
  const shared = given < 0 ? given + indices.shape.length : given;
  const [tables, outer, count, inner] = [
    sizeOf(x.shape.slice(0, shared)),
    sizeOf(x.shape.slice(shared, axis)),
    x.shape[axis] ?? 1,
    sizeOf(x.shape.slice(axis + 1)),
  ];
  const taken = sizeOf(indices.shape.slice(shared));
  const [values, at] = [host.read(x), host.read(indices)];
  const shape = x.shape.toSpliced(axis, 1, ...indices.shape.slice(shared));
  const out = zerosOf(numericType(x), sizeOf(shape));
  for (let row = 0; row < tables * outer * taken; row += 1) {
    const block = Math.floor(row / taken);
    const index = at[Math.floor(block / outer) * taken + (row % taken)] ?? 0;
    if (index < 0 || index >= count) {
      throw new Error(`gather: expected numbers from 0 to ${count - 1}, but got ${index}.`);
    }
    const from = (block * count + index) * inner;
    out.set(values.subarray(from, from + inner), row * inner);
  }
  return host.make(out, shape, numericType(x));
};
