/** Host code that makes each element from one element of each operand, all of them of one shape. */
import type { HostKernel } from '../../../dsl/tensors/host-kernel.js';
import { hostOf } from '../host/host-of.js';
import type { Kernel } from '../kernel.js';
import { eachElement } from '../reach.js';

export const eachOnHost = (kernel: HostKernel): Kernel => ({
  ...hostOf(kernel),
  cost: 'power',
  shape: (inputs) => {
    const [first] = Object.values(inputs);
    return first && { shape: first.shape, dtype: 'float32' };
  },
  batch: ({ inputs, spread, again, attributes }) =>
    again(Object.fromEntries(inputs.map((input) => [input, spread(input)])), attributes),
  reach: eachElement,
});
