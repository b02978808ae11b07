/** The host code of a kernel that programs call by its own name. */
import type { HostKernel } from '../../../dsl/tensors/host-kernel.js';
import type { HostRule } from '../kernel.js';

export const hostOf =
  ({ work }: HostKernel): HostRule =>
  (attributes, shapes) =>
    work(attributes, shapes).code;
