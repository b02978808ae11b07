/** What an objective means: what it is a function of, what it claims, and what it needs of a guide. */

/** What an objective needs of a guide. The compiler checks it as well as the engine. */
export interface Requirements {
  /**
   * `within`: the guide's support lies in the model's, as for the ELBO; `covers`: the reverse; `any`: nothing,
   * as of a program that is both.
   */
  readonly support: 'within' | 'covers' | 'any';
  /** `pathwise`: every guide site must carry the gradient through its draw. */
  readonly gradient: 'any' | 'pathwise';
}

/**
 * What an objective means. Where nothing but `requires` is said it is a lower bound on log p(data), the sum of
 * its terms, with an unbiased gradient for all parameters. The laws of `marginalia/testing` hold it to
 * each claim.
 */
export interface Meaning<R extends Requirements = Requirements> {
  readonly requires: R;
  /** What it is a function of: its terms, whose sum it is; the importance weights; or neither. */
  readonly over?: 'terms' | 'weights' | 'neither';
  /** Where it lies of log p(data), in the mean: below, above, or on neither side for sure. */
  readonly bound?: 'lower' | 'upper' | 'none';
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
  /** Of one of weights, whether it is −∞ where a single one of them is 0. */
  readonly needsEveryWeight?: boolean;
  /** What is subtracted, by name: `penalty NAME` among the terms of an estimate. */
  readonly penalties?: readonly string[];
  /** Whether it is a loss that is minimised: no function of a density, and of no evidence. */
  readonly loss?: true;
}

/** Whose parameters they are. */
type Owner = 'model' | 'guide' | 'both';

export const isOverWeights = ({ over }: Meaning): boolean => over === 'weights';

export const isOverTerms = ({ over = 'terms' }: Meaning): boolean => over === 'terms';

/** Whether it trains parameters of an owner. */
export const trainsOwner = ({ trains }: Meaning, owner: Owner): boolean =>
  trains === undefined || owner === 'both' || owner === trains;

/** The same without what it claims of its value, for what changes that. */
export const unclaimed = <R extends Requirements>(meaning: Meaning<R>): Meaning<R> => {
  const { inTheLimit: _, tight: __, monotone: ___, ...kept } = meaning;
  return { ...kept, bound: 'none' };
};

/** What a loss, which steps minimise, is multiplied by to be the bound: 1 for an upper bound or a loss proper, else −1. */
export const signOfLoss = ({ bound, loss }: Meaning): 1 | -1 =>
  bound === 'upper' || loss === true ? 1 : -1;
