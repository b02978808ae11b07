/** A product, a bias and an activation, by the kernels that are there for each: the fused ones keep their own sums. */
import { numberOf } from '../../graph/attributes.js';
import { type MendedKernel, inputOf } from './host.js';

const ACTIVATIONS: ReadonlyMap<unknown, string> = new Map([
  ['elu', 'Elu'],
  ['leakyrelu', 'LeakyRelu'],
  ['prelu', 'Prelu'],
  ['relu', 'Relu'],
  ['relu6', 'Relu6'],
  ['sigmoid', 'Sigmoid'],
]);

export const fusedMatMul: MendedKernel = (host, inputs, attributes) => {
  const { a, b, bias, preluActivationWeights } = inputs;
  const sums = host.run('BatchMatMul', { a, b }, attributes);
  const x = bias === undefined ? sums : host.run('Add', { a: sums, b: bias }, {});
  if (x !== sums) host.free(sums);
  const kernel = ACTIVATIONS.get(attributes['activation']);
  if (kernel === undefined) return x;
  const alpha = numberOf(attributes['leakyreluAlpha'], 0.2);
  const given =
    preluActivationWeights === undefined
      ? {}
      : { alpha: inputOf(inputs, 'preluActivationWeights') };
  const y = host.run(kernel, { x, ...given }, { alpha });
  host.free(x);
  return y;
};
