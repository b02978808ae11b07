/** A nest of loops as data: axes, what is read along them, terms, and what is written. */
import type { ValueId } from '../../graph/graph.js';
import type { WindowAxis } from '../../graph/windows.js';
import type { Entry, Term } from '../../code/webassembly/terms.js';

/** An array that loops read or write, and how far each axis moves in it. */
export interface Access {
  readonly value: ValueId;
  /** In elements; 0 along an axis that it has not. */
  readonly strides: readonly number[];
}

/** What the elements of a term are folded into, in double precision. */
export interface Fold extends Access {
  readonly term: Term;
  readonly kernel: string;
  /** How many results there are, side by side, and how many elements come to one. */
  readonly results: number;
  readonly count: number;
}

export interface Store extends Access {
  readonly term: Term;
}

/** A nest of loops. */
export interface Kernel {
  readonly _tag: 'loops';
  /** The outermost first; none where there is one element. */
  readonly axes: readonly number[];
  readonly entries: readonly Entry[];
  /** By place, as `load` entries number them. */
  readonly loads: readonly Access[];
  readonly stores: readonly Store[];
  readonly folds: readonly Fold[];
}

/** Loops over the windows of images: each is put into a row of a matrix, or added from it. */
export interface WindowLoops {
  readonly _tag: 'windows';
  /** Whether rows are added to images that begin at zero; images are put into rows where not. */
  readonly adds: boolean;
  readonly from: ValueId;
  readonly to: ValueId;
  readonly images: number;
  readonly channels: number;
  readonly axes: readonly WindowAxis[];
}
