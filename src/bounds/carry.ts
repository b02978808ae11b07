import type { Tensor } from '../../dsl/index.js';

/** What an objective remembers from step to step: tensors by name. */
export type Carry = Readonly<Record<string, Tensor>>;
