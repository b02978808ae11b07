/** Generated JavaScript, before it is put together. */
import type { HostCode } from '../../../dsl/tensors/host-kernel.js';

/** Where an array lies in one of the views of the memory: `f`, `i` or `u`. */
export interface Place {
  readonly array: string;
  readonly base: number;
}

/** Where inputs and outputs lie, by name. */
export interface Places {
  readonly inputs: (name: string) => Place;
  readonly outputs: (name: string) => Place;
}

/** The parts of a program. */
export interface Written {
  /** Run once. */
  readonly setup: readonly string[];
  /** Run at each call, before anything is stored. */
  readonly body: readonly string[];
  readonly stores: readonly string[];
  /** The first element of an output, once the body has run. */
  readonly first: (output: string) => string;
  /** What the code refers to as `c0`, `c1`, ... */
  readonly tables: readonly ArrayLike<number>[];
  /** Host code, which the code calls as `hosts[0]`, `hosts[1]`, ... */
  readonly hosts: readonly HostCode[];
}
