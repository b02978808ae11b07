/** A call of host code, which no gradient passes and which is called once for each draw. */
import { HOST_CODE, isHostCode } from '../../../dsl/tensors/black-box.js';
import type { HostCode } from '../../../dsl/tensors/host-kernel.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { numbers } from '../../graph/attributes.js';
import { call } from '../call.js';
import type { Attributes, BatchRule, Kernel } from '../kernel.js';

/** The code over the numbers of all draws; an argument that is not batched is the same in each call. */
const forAll =
  (code: HostCode, batched: readonly boolean[], size: number, width: number): HostCode =>
  (inputs, out) => {
    for (let draw = 0; draw < size; draw += 1) {
      const own = inputs.map((all, i) => {
        const length = batched[i] === true ? all.length / size : all.length;
        const from = batched[i] === true ? draw * length : 0;
        return Array.from({ length }, (_, k) => all[from + k] ?? Number.NaN);
      });
      const made: number[] = [];
      code(own, made);
      for (let k = 0; k < width; k += 1) out[draw * width + k] = made[k] ?? Number.NaN;
    }
  };

const codeIn = ({ code }: Attributes): HostCode => {
  if (!isHostCode(code)) throw new Error('a call of host code without the code');
  return code;
};

const batch: BatchRule = ({ inputs, at, isBatched, attributes, size }) => {
  const code = codeIn(attributes);
  const shape = numbers(attributes['shape']);
  return call(HOST_CODE, Object.fromEntries(inputs.map((input) => [input, at(input)])), {
    ...attributes,
    code: forAll(code, inputs.map(isBatched), size, sizeOf(shape)),
    shape: [size, ...shape],
  });
};

export const hostCode: Kernel = {
  name: HOST_CODE,
  shape: (_, { shape, dtype }) => ({
    shape: numbers(shape),
    dtype: dtype === 'int32' ? 'int32' : 'float32',
  }),
  vjp: 'zero',
  batch,
  host: codeIn,
};
