/** What a kernel is by the code that programs call under its name: its own derivative among it. */
import type { HostKernel } from '../../../dsl/tensors/host-kernel.js';
import type { Kernel } from '../kernel.js';

export const hostOf = ({
  name,
  work,
  gradient,
}: HostKernel): Pick<Kernel, 'name' | 'host' | 'vjp'> => ({
  name,
  host: (attributes, shapes) => work(attributes, shapes).code,
  vjp:
    gradient === undefined
      ? 'zero'
      : ({ dy, at, inputs, y, attributes }, input) =>
          gradient(dy, [...inputs.map(at), y], attributes)[input]?.(),
});
