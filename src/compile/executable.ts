/** What every executor makes of a graph: something that runs on arrays it was given once. */
import type { Arrays } from './arena.js';
import type { Graph } from '../graph/graph.js';

/** A graph with the arrays that it reads and writes at each run. */
export interface Bound {
  readonly graph: Graph;
  readonly inputs: Arrays;
  readonly outputs: Arrays;
}

/** A graph that can be run: inputs are read, and outputs written, in the arrays it is bound to. */
export interface Executable {
  /** What runs it, for people. */
  readonly by: string;
  readonly run: () => void | Promise<void>;
  readonly close: () => Promise<void>;
}

/** Why a graph cannot be run by an executor. */
export type ExecutableError =
  | { readonly _tag: 'unsupportedKernel'; readonly kernel: string }
  | { readonly _tag: 'runtimeMissing'; readonly command: string }
  | { readonly _tag: 'runtimeRefused'; readonly reason: string }
  | { readonly _tag: 'tooLarge'; readonly reason: string };

/**
 * One sentence for an executable error.
 *
 * @example
 * ```ts
 * showExecutableError({ _tag: 'unsupportedKernel', kernel: 'Dilation2D' }); // 'the operation Dilation2D cannot be compiled'
 * ```
 */
export const showExecutableError = (error: ExecutableError): string => {
  switch (error._tag) {
    case 'unsupportedKernel':
      return `the operation ${error.kernel} cannot be compiled`;
    case 'runtimeMissing':
      return `ONNX Runtime is not installed; install it with: ${error.command}`;
    case 'runtimeRefused':
      return `ONNX Runtime refused the graph: ${error.reason}`;
    case 'tooLarge':
      return error.reason;
  }
};
