/** Where generated code goes: what a kernel's element is written with. */
import type { Index } from './indexing.js';

/** A running combination of elements, such as a sum. */
export interface Fold {
  readonly start: string;
  readonly combine: (so: string, next: string) => string;
}

/**
 * A stretch of straight code. An atom is the name of a value or a number: it can be written twice
 * at no cost.
 */
export interface Block {
  /** The atom of an expression; an expression that was named before keeps its name. */
  readonly name: (expression: string) => string;
  /** Combines `body` over all indices of `extents`. */
  readonly fold: (
    fold: Fold,
    extents: readonly number[],
    body: (index: readonly Index[], block: Block) => string,
  ) => string;
  /** One of two atoms, whichever `index < limit` says; only that one is computed. */
  readonly below: (
    index: Index,
    limit: number,
    then: (block: Block) => string,
    otherwise: (block: Block) => string,
  ) => string;
}

/** A number as JavaScript, as an atom. */
export const literal = (value: number): string => {
  if (Object.is(value, -0)) return '(-0)';
  return value < 0 ? `(${value})` : String(value);
};

const ATOM = /^(?:[A-Za-z_]\w*|\(-?[\d.]+(?:e[+-]?\d+)?\)|[\d.]+(?:e[+-]?\d+)?|\(-Infinity\))$/;

/** Whether an expression is a name or a number, which needs no name of its own. */
export const isAtom = (expression: string): boolean => ATOM.test(expression);

export const sum: Fold = { start: '0', combine: (so, next) => `${so} + ${next}` };

export const largest: Fold = {
  start: '-Infinity',
  combine: (so, next) => `Math.max(${so}, ${next})`,
};

/** Guards against a program whose text, or whose arrays, would be larger than an engine likes. */
export class TooLong extends Error {
  constructor(reason = 'generated code would be too long') {
    super(reason);
    this.name = 'TooLong';
  }
}
