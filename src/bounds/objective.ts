/**
 * Objectives as values: what to estimate from a joint draw, what that needs of the guide, and
 * which estimators it prefers.
 */
import type { Tensor } from '../../dsl/index.js';
import type { Derivation } from './derivation.js';
import type { Joint, Memory } from './joint.js';
import type { SiteEstimators } from './estimators/site-estimator.js';
import type { Structure } from './dependence/structure.js';

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
 * One estimator for the draws of every site: `stickingTheLanding`, `doublyReparameterised` and
 * `tailAdaptive` go through the draw alone, `score` through log q with what a draw is worth, `weighted`
 * through log q with normalised weights, `dreamt` through log q at draws of the model, as sleep-phase φ
 * does; `none` trains nothing of the guide.
 */
export type SoleEstimator =
  | 'stickingTheLanding'
  | 'doublyReparameterised'
  | 'tailAdaptive'
  | 'score'
  | 'weighted'
  | 'dreamt'
  | 'none';

/** How the expectation over the guide is taken, where there is a choice. */
export interface Preferences {
  readonly closedFormKl: 'whereValid' | 'never';
  readonly discrete: 'enumerate' | 'score';
  readonly baseline: 'leaveOneOut' | 'none';
  /** The estimators of some sites; the others get the best that is valid for them. */
  readonly estimators?: SiteEstimators;
  /** Left out where each site gets the best that is valid for it. */
  readonly everySite?: SoleEstimator;
  /** Whether particles come in pairs, whose normal noise is each other's negative. */
  readonly antithetic?: true;
}

/**
 * What an objective over importance weights prefers: every site drawn, and log p − log q at the draw.
 */
export const fromDraws: Preferences = {
  closedFormKl: 'never',
  discrete: 'score',
  baseline: 'leaveOneOut',
};

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

/** An estimate of a bound, in nats. */
export interface Estimate {
  /** What is reported: a scalar. */
  readonly value: Tensor;
  /** What is differentiated: its gradient estimates that of the bound. */
  readonly surrogate: Tensor;
  /** The value's parts by term. */
  readonly terms: Readonly<Record<string, Tensor>>;
  /**
   * What the next step finds in `joint.source.memory`, by the same names and in the same shapes; the
   * memory stays as it is where this is left out. Nothing is differentiated through it.
   */
  readonly memory?: Memory;
}

/** A bound on log p(data), maximised; of an upper bound or a loss, its negative. */
export interface Objective<R extends Requirements = Requirements> {
  readonly name: string;
  /** How the bound is written, for the derivation's first line. */
  readonly symbol: string;
  readonly particles: number;
  readonly requires: R;
  readonly preferences: Preferences;
  /** The latent sites that its options name; one that is not there is an error when it is derived. */
  readonly sites?: readonly string[];
  /** Left out for a lower bound that is the sum of its terms. */
  readonly statement?: Statement;
  /**
   * What the objective remembers from step to step, such as a running average, before the first one:
   * tensors by name, whose shapes depend on no batch. Left out where it remembers nothing.
   */
  readonly memory?: (derivation: Derivation, structure: Structure) => Memory;
  readonly estimate: (joint: Joint) => Estimate;
}
