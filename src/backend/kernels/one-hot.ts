/** Rows with one number at an index and another elsewhere. `wasm` writes outside of the row of an index that has no place. */
import { numberOf } from '../../graph/attributes.js';
import { type MendedKernel, type NumericType, inputOf, zerosOf } from './host.js';

const typeOf = (dtype: unknown): NumericType =>
  dtype === 'float32' || dtype === 'bool' ? dtype : 'int32';

export const oneHot: MendedKernel = (host, inputs, attributes) => {
  const indices = inputOf(inputs, 'indices');
  const depth = numberOf(attributes['depth'], 1);
  const at = host.read(indices);
  const dtype = typeOf(attributes['dtype']);
  const out = zerosOf(dtype, at.length * depth).fill(numberOf(attributes['offValue'], 0));
  const on = numberOf(attributes['onValue'], 1);
  for (const [row, index] of at.entries()) {
    if (index >= 0 && index < depth) out[row * depth + index] = on;
  }
  return host.make(out, [...indices.shape, depth], dtype);
};
