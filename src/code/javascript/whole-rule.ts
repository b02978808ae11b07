/** How all elements of a kernel's output are written in one pass over its input. */
import type { Value } from '../../graph/graph.js';
import type { Block } from './block.js';
import type { Index } from './indexing.js';
import type { Code } from './loop-block.js';

/** What a rule knows of its kernel. */
export interface WholeSite {
  readonly read: (block: Block, input: string, index: readonly Index[]) => string;
  readonly value: (input: string) => Value;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly out: Value;
  /** Which output is wanted. */
  readonly part: number;
  /** Makes an array of doubles, once, and returns its name. */
  readonly doubles: (size: number) => string;
  /** Stores an element of the output. */
  readonly store: (at: Index, value: string) => void;
}

export type WholeRule = (site: WholeSite, code: Code) => void;
