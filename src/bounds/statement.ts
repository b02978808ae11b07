/** What an objective claims, and how it is written. */

/** A piece of mathematics, for people. */
export interface Formula {
  readonly text: string;
  readonly latex: string;
}

/**
 * What an objective claims, and how it is written by `showDerivation` and `latex`. The laws of
 * `marginalia/testing` hold it to each claim.
 */
export interface Statement {
  /** Where it lies of log p(data), in the mean: below, above, or on neither side for sure. */
  readonly bound: 'lower' | 'upper' | 'none';
  /** Whether it lies there only as its number of particles goes to infinity. */
  readonly inTheLimit?: true;
  /** Whether it is log p(data) where the guide is the posterior; left out: where it is a bound. */
  readonly tight?: boolean;
  /** How the mean of the bound moves with the number of particles; left out where nothing is claimed. */
  readonly monotone?: 'nondecreasing' | 'nonincreasing';
  /** Which parameters have a gradient, where that is not all. */
  readonly trains?: 'model' | 'guide';
  /**
   * Of which parameters the mean of the surrogate's gradient is the gradient of the value's mean: of all
   * that are trained, the model's or the guide's alone, or none; left out: of all.
   */
  readonly gradient?: 'unbiased' | 'model' | 'guide' | 'other';
  /** What is subtracted, by name. */
  readonly penalties?: readonly string[];
  /** Whether it is a loss that is minimised, and written so: no function of a density, and of no evidence. */
  readonly loss?: true;
  readonly body:
    | {
        readonly tag: 'terms';
        /** What divergences are multiplied by: all of them, or by site. */
        readonly divergence?: string | Readonly<Record<string, string>>;
        /** What is added to the terms, signs included. */
        readonly plus?: readonly Formula[];
      }
    /** A formula of the weights w_k, k = 1, …, K, of each datum; the terms are those of log w. */
    | { readonly tag: 'weights'; readonly formula: Formula }
    /** A formula without terms. */
    | { readonly tag: 'formula'; readonly formula: Formula };
}

/** A statement without what it claims of the bound's value, for an objective that changes it. */
export const unclaimed = (
  statement: Statement | undefined,
): Pick<Statement, 'trains' | 'gradient' | 'penalties' | 'loss'> & {
  readonly body: Statement['body'];
} => {
  const { trains, gradient, penalties, loss, body = { tag: 'terms' } } = statement ?? {};
  return {
    ...(trains && { trains }),
    ...(gradient && { gradient }),
    ...(penalties && { penalties }),
    ...(loss && { loss }),
    body,
  };
};
