/** A sum of tensors of one shape. */
import type { Kernel } from '../kernel.js';

export const addN: Kernel = {
  name: 'AddN',
  shape: (inputs) => Object.values(inputs)[0],
  vjp: ({ dy }) => dy,
  batch: ({ inputs, spread, again }) =>
    again(Object.fromEntries(inputs.map((input) => [input, spread(input)]))),
  onnx: ({ b, all, out }) =>
    out.dtype === 'float32' ? b.op('Sum', all) : all.reduce((sum, x) => b.op('Add', [sum, x])),
  scalar: (operands) => `(${operands.join(' + ')})`,
  vector: (t, operands) => operands.reduce((sum, x) => t.do('add', sum, x)),
};
