/**
 * Objectives as values: what to estimate from a joint draw, what that needs of the guide, and
 * which estimators it prefers.
 */
import type { Tensor } from '../../dsl/index.js';
import type { Derivation } from './derivation.js';
import type { Joint, Memory } from './joint.js';
import type { SiteEstimators } from './estimators/site-estimator.js';
import type { Structure } from './dependence/structure.js';
import type { Statement } from './statement.js';
import type { SoleEstimator } from './estimators/sole-estimator.js';

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

/** How the expectation over the guide is taken, where there is a choice. */
export interface Preferences<S extends string = string> {
  readonly closedFormKl: 'whereValid' | 'never';
  readonly discrete: 'enumerate' | 'score';
  readonly baseline: 'leaveOneOut' | 'none';
  /** The estimators of some sites; the others get the best that is valid for them. */
  readonly estimators?: SiteEstimators<S>;
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

/** An estimate of a bound, in nats, and of its terms `T`. */
export interface Estimate<T extends string = string> {
  /** What is reported: a scalar. */
  readonly value: Tensor;
  /** What is differentiated: its gradient estimates that of the bound. */
  readonly surrogate: Tensor;
  /** The value's parts by term. */
  readonly terms: Readonly<Record<T, Tensor>>;
  /**
   * What the next step finds in `joint.source.memory`, by the same names and in the same shapes; the
   * memory stays as it is where this is left out. Nothing is differentiated through it.
   */
  readonly memory?: Memory;
}

/**
 * A bound on log p(data), maximised; of an upper bound or a loss, its negative. `S` are the sites that it names,
 * `T` its terms, where they are known.
 */
export interface Objective<
  R extends Requirements = Requirements,
  S extends string = string,
  T extends string = string,
> {
  readonly name: string;
  /** How the bound is written, for the derivation's first line. */
  readonly symbol: string;
  readonly particles: number;
  readonly requires: R;
  readonly preferences: Preferences;
  /** The latent sites that its options name; one that is not there is an error when it is derived. */
  readonly sites?: readonly S[];
  /** Left out for a lower bound that is the sum of its terms. */
  readonly statement?: Statement;
  /**
   * What the objective remembers from step to step, such as a running average, before the first one:
   * tensors by name, whose shapes depend on no batch. Left out where it remembers nothing.
   */
  readonly memory?: (derivation: Derivation, structure: Structure) => Memory;
  readonly estimate: (joint: Joint) => Estimate<T>;
}
