/**
 * Objectives as values: what to estimate from a joint draw, what that means, how it is written, and
 * which estimators it prefers.
 */
import type { Tensor } from '../../dsl/index.js';
import type { Derivation } from './derivation.js';
import type { Joint } from './joint.js';
import type { Carry } from './carry.js';
import type { EstimatorChoice, SiteEstimators } from './estimators/estimator.js';
import type { Meaning, Requirements } from './meaning.js';
import type { Notation } from './notation/notation.js';
import type { Structure } from './dependence/structure.js';

/** How the expectation over the guide is taken, where there is a choice. */
export interface Preferences<S extends string = string> {
  readonly closedFormKl: 'whereValid' | 'never';
  readonly discrete: 'enumerate' | 'score';
  readonly baseline: 'leaveOneOut' | 'none';
  /** The estimators of some sites; the others get the best that is valid for them. */
  readonly estimators?: SiteEstimators<S>;
  /** One for every site, and why, of an objective with a gradient of its own; left out: the best that is valid. */
  readonly everySite?: EstimatorChoice;
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
   * What the next step finds in `joint.source.carry`, by the same names and in the same shapes; the
   * carry stays as it is where this is left out. Nothing is differentiated through it.
   */
  readonly carry?: Carry;
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
  readonly particles: number;
  readonly meaning: Meaning<R>;
  readonly notation: Notation;
  readonly preferences: Preferences;
  /** The latent sites that its options name; one that is not there is an error when it is derived. */
  readonly sites?: readonly S[];
  /**
   * What the objective remembers from step to step, such as a running average, before the first one:
   * tensors by name, whose shapes depend on no batch. Left out where it remembers nothing.
   */
  readonly carry?: (derivation: Derivation, structure: Structure) => Carry;
  readonly estimate: (joint: Joint) => Estimate<T>;
}
