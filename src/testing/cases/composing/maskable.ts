/** What a case must be able to do for its observations to be masked. */

/** A case that can be had with some of its observations masked, its answers anew; `C` is the case itself. */
export interface Maskable<C> {
  /** How many observations there are, over all plates. */
  readonly observations: number;
  /** The case in which those count where this is true, element by element. */
  readonly masked: (kept: readonly boolean[]) => C;
}

/** The numbers of the observations that a mask leaves out. */
export const hiddenBy = (kept: readonly boolean[], observations: number): number[] =>
  Array.from({ length: observations }, (_, i) => i).filter((i) => kept[i] === false);
