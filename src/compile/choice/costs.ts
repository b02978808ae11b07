/** What work costs: the constants of the model, in nanoseconds. */
import type { NoiseLaw } from '../../../dsl/index.js';
import type { Kind } from '../../code/kind.js';

/** The constants of one way to run a graph. */
export interface RunCosts {
  /** Of a run, whatever it does. */
  readonly call: number;
  /** Of a node, whatever its size. */
  readonly node: number;
  /** Of an array that goes in or out. */
  readonly port: number;
  /** Of an element that goes out. */
  readonly out: number;
  /** Of an element that is computed, by kind. */
  readonly elements: Readonly<Record<Kind, number>>;
  /** Of an element that a reduction reads. */
  readonly fold: number;
  /** Of an element that is put elsewhere. */
  readonly move: number;
  readonly gather: number;
  /** Of an element that is added into a table, and of an element of the table. */
  readonly scatter: number;
  readonly table: number;
  /** Of a multiply-add of a matrix product, and of an element of its operands. */
  readonly multiply: number;
  readonly operand: number;
  /** Of a multiply-add of a product whose operands do not fit in a cache. */
  readonly far: number;
  /** Of a multiply-add of a convolution. */
  readonly window: number;
}

/** The constants of several threads in one run. */
export interface ThreadCosts {
  /** The share of each further thread that is gained. */
  readonly gain: number;
  /** Of waking threads for a node and waiting for them. */
  readonly wake: number;
}

/** All constants. */
export interface Costs {
  readonly straight: RunCosts;
  readonly loops: RunCosts;
  readonly onnx: RunCosts;
  readonly threads: ThreadCosts;
  /** Operation by operation, by the name of the TensorFlow.js backend. */
  readonly eager: Readonly<Record<string, RunCosts>>;
  /** Fused loops of an update: of a run, and of an element of each value in them. */
  readonly fused: {
    readonly call: number;
    readonly element: number;
    /** Of an instruction for each element, in loops between what a runtime does. */
    readonly instruction: number;
  };
  /** Of a turn whose gradients and update are awaited one after the other. */
  readonly halves: number;
  /** Of a number of noise, and of a block of it. */
  readonly noise: Readonly<Record<NoiseLaw, number>> & { readonly block: number };
  /** Of a tensor that is put into an array, and of its elements. */
  readonly put: { readonly tensor: number; readonly element: number };
}
