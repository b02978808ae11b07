/** How an objective is written, for people. Only the printer, which is this folder, reads it. */

/** A piece of mathematics, for people. */
export interface Formula {
  readonly text: string;
  readonly latex: string;
}

/**
 * How an objective is written by `showDerivation` and `derivationToLatex`. It decides nothing: what an objective
 * is, `Meaning` says.
 */
export interface Notation {
  /** What it is called, for the first line, as `ELBO` is. */
  readonly symbol: string;
  /**
   * Of one that is no sum of terms: its formula, of the weights w_k, k = 1, …, K, of each datum where it
   * is one of weights.
   */
  readonly formula?: Formula;
  /** What divergences are multiplied by: all of them, or by site. */
  readonly divergence?: string | Readonly<Record<string, string>>;
  /** What is added to the terms, signs included. */
  readonly plus?: readonly Formula[];
}
