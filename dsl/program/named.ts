/** Names that are given to what knows the row of a program: one that is not there is a sentence, which no value is. */
import type { IsComputed } from './site.js';

/** The name `N` where it may be one of `Known`, and otherwise a sentence; `What` says what has such names. */
export type Named<N, Known, What extends string> = N extends string
  ? N extends Known
    ? N
    : IsComputed<N> extends true
      ? N
      : `There is no ${What} '${N}' in the program.`
  : N;

/** Entries by names that may be those of `Known`; elsewhere sentences. */
export type Entries<D, Known, What extends string> = {
  readonly [N in keyof D]: Named<N, Known, What> extends N ? D[N] : Named<N, Known, What>;
};
