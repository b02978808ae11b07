/** How often each number comes in a row, by weight, or whether it does: TensorFlow.js forgets the latter of one row. */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { numberOf } from '../../graph/attributes.js';
import { type MendedKernel, inputOf, numericType, zerosOf } from './host.js';

export const denseBincount: MendedKernel = (host, inputs, attributes) => {
  const [x, weights] = [inputOf(inputs, 'x'), inputOf(inputs, 'weights')];
  const size = numberOf(attributes['size'], 0);
  const width = x.shape.at(-1) ?? 1;
  const [numbers, weighed] = [host.read(x), host.read(weights)];
  const shape = [...x.shape.slice(0, -1), size];
  const out = zerosOf(numericType(weights), sizeOf(shape));
  for (const [i, number] of numbers.entries()) {
    if (number < 0) throw new Error(`bincount: expected numbers from 0 on, but got ${number}.`);
    if (number >= size) continue;
    const at = Math.floor(i / width) * size + number;
    const weight = weighed.length === 0 ? 1 : (weighed[i] ?? 0);
    out[at] = attributes['binaryOutput'] === true ? 1 : (out[at] ?? 0) + weight;
  }
  return host.make(out, shape, numericType(weights));
};
