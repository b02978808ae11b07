/** How an element of a kernel's output is written from elements of its inputs. */
import type { Value } from '../../graph/graph.js';
import type { Block } from './block.js';
import type { Index } from './indexing.js';

/** What a rule knows of its kernel. */
export interface ElementSite {
  /** The atom of an input's element, by the kernel's name for the input. */
  readonly read: (block: Block, input: string, index: readonly Index[]) => string;
  readonly value: (input: string) => Value;
  /** The names of all inputs, in order. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly outs: readonly Value[];
  /** Which output is wanted. */
  readonly part: number;
}

/** The atom of an element: indices are numbers in straight code, and expressions in loops. */
export type ElementRule = (site: ElementSite, block: Block, index: readonly Index[]) => string;
