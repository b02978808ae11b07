/** A case in the language: its inference and its data. */
import type { Svi, Tensor } from 'marginalia';
import type { NumberArrays } from './contenders/arrays.js';

/** A minibatch: tensors by name. */
export type Batch = Readonly<Record<string, Tensor>>;

export interface Study {
  readonly inference: Svi<Batch>;
  /** The minibatches, taken in turn. */
  readonly batches: () => readonly NumberArrays[];
}
