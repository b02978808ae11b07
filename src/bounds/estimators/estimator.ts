/**
 * An estimator: how the expectation over one site is taken and differentiated, as a value. What a user
 * asks for and what a derivation chose are the same, and the engine knows of each no more than it says here.
 */
import type { CellNoise, Distribution, Tensor } from '../../../dsl/index.js';
import type { DerivedStructure, SampleStructure } from '../dependence/structure.js';
import type { Carry } from '../carry.js';
import type { WeighedDraws } from './weak-derivative.js';

/** A site of the guide, and what is known of it and of the objective before anything is drawn. */
export interface EstimatedSite extends SampleStructure {
  readonly objective: string;
  readonly particles: number;
  /** Whether the objective is a function of the weights of all particles, and no sum of terms. */
  readonly overWeights: boolean;
  /** The `deterministic` sites of the guide. */
  readonly derived: readonly DerivedStructure[];
  /** Whether each plate element's values can be taken on their own. */
  readonly staysInPlates: boolean;
  /** Why its values cannot be summed over, where they cannot. */
  readonly cannotSum?: string;
}

/** Why an estimator is not valid at a site, and what to ask for instead. */
export interface Refusal {
  /** What the site is that it must not be, as in 'but got …'. */
  readonly received: string;
  readonly cure: string;
}

/** A site as it is drawn. */
export interface DrawnSite {
  readonly site: string;
  readonly distribution: Distribution;
  /** How many steps were taken before this one, a scalar, where there are steps. */
  readonly step?: Tensor;
}

/** What a cost is at other values in the place of a site's draw, without a gradient, and what they weigh. */
export interface Compared extends Omit<WeighedDraws, 'values'> {
  /** `[C, particles, ...plates]`, as the weights. */
  readonly costs: Tensor;
}

/** What an estimator is told at a joint draw, of a sum of terms. */
export interface SiteCost {
  readonly site: string;
  readonly particles: number;
  /** Whether particles come in pairs, whose normal noise is each other's negative. */
  readonly antithetic: boolean;
  /**
   * The sum of the terms that depend on the draw, `[particles, ...plates]`, each element of a plate with its own
   * terms alone; a single particle has no axis. Without a gradient.
   */
  readonly cost: Tensor;
  /** log q of the draw, laid out as the cost, with the gradient of its law's parameters. */
  readonly logQ: Tensor;
  /** What is summed over plates and averaged over particles: a scalar. */
  readonly average: (x: Tensor) => Tensor;
  /** What the step before left, where there are steps. */
  readonly carry?: Carry;
  /** The value of a `deterministic` site of the guide, with a gradient for these parameters alone. */
  readonly derivedValue: (name: string, params: readonly string[]) => Tensor | undefined;
  /** The costs at other values in the place of the draw, for which guide and model are run again. */
  readonly compared: (
    values: (law: Distribution, draw: Tensor, noise: CellNoise) => WeighedDraws | undefined,
  ) => Compared | undefined;
}

/** What an estimator brings to a sum of terms. */
export interface Addition {
  /** A scalar that is ascended with the terms. */
  readonly surrogate: Tensor;
  /** What the next step finds in `carry`, under the names that `Estimator.carry` gave. */
  readonly carry?: Carry;
}

/** What a particle is worth to a bound of weights, `[particles, ...data]`; what is made of it is held fixed. */
export interface WeightSignal {
  /** The bound of its datum. */
  readonly bound: Tensor;
  /** The same less the bound with the mean of the other particles' weights in its place. */
  readonly gain: Tensor;
}

/** What `lint` says of an estimator. */
export interface Doubt {
  readonly found: string;
  readonly cure: string;
  /** Whether the gradient is 0 in expectation. */
  readonly learnsNothing?: true;
}

/**
 * How the expectation over one site is taken and differentiated. All but a name and a label may be left out:
 * the site is then drawn as its law says, and the terms are differentiated as they are.
 */
export interface Estimator {
  /** The name of what makes it, as `scoreFunction`. */
  readonly name: string;
  /** What derivations call it, as 'score function'. */
  readonly label: string;
  /** What it was made with, in words, as 'leave-one-out'. */
  readonly setting?: string;
  /** What it was made with: two of a name are the same where these are. */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * Why the mean of its gradient is not that of the bound. `bound`: because the draws are of another law, so that
   * what is estimated is no bound on log p(data). Left out where it is unbiased.
   */
  readonly bias?: { readonly of: 'gradient' | 'bound'; readonly why: string };
  /** Whether the gradient goes through the draw: nothing that passes none may stand behind it. */
  readonly throughDraw?: true;
  /** Whether it is right where the support moves with parameters, as what rests on E ∂ log q = 0 is not. */
  readonly supportMayMove?: true;
  /** Whether all values are summed over, in the place of a draw. */
  readonly sums?: true;
  /**
   * How the site's noise becomes a value, where that is not as its law says: `fixed`, the same draw without a
   * gradient, of which log q itself has none in the mean; or another map.
   */
  readonly draws?: 'fixed' | ((at: DrawnSite) => (noise: readonly Tensor[]) => Tensor);
  /** Why a site gets it where nothing is asked for; nothing where it does not. */
  readonly usual?: (site: EstimatedSite) => string | undefined;
  /** Why it is not valid at a site; nothing where it is. Host code, sums and weights are looked at besides. */
  readonly refuses?: (site: EstimatedSite) => Refusal | undefined;
  /** What it comes to at a site; left out: itself. */
  readonly settled?: (site: EstimatedSite) => Estimator;
  /** What a derivation says of it at a site, after the reason. */
  readonly note?: (site: EstimatedSite) => string;
  /**
   * What it adds to the surrogate of a sum of terms. It has one draw for each particle: no site before it
   * is summed over.
   */
  readonly surrogate?: (at: SiteCost) => Addition;
  /** What log q is multiplied by in the surrogate of a bound of weights; left out: it has none there. */
  readonly ofWeights?: (signal: WeightSignal) => Tensor;
  /** What it remembers before the first step, by names of its own. */
  readonly carry?: (site: string) => Carry;
  /** Parameters that its surrogate trains for its own purposes, whatever that does to the bound. */
  readonly regressed?: readonly string[];
  readonly doubt?: (particles: number) => Doubt | undefined;
}

/** The estimators of some sites, by name; the others get the engine's own choice. */
export type SiteEstimators<S extends string = string> = Readonly<Record<S, Estimator>>;

/** An estimator, and why a site has it. */
export interface EstimatorChoice {
  readonly estimator: Estimator;
  readonly why: string;
}

/**
 * An estimator in a few words, with what it was made with.
 *
 * @example
 * ```ts
 * showEstimator(straightThrough({ temperature: 0.5 })); // 'straight-through, temperature 0.5'
 * ```
 */
export const showEstimator = ({ label, setting }: Estimator): string =>
  setting === undefined ? label : `${label}, ${setting}`;

/** Whether two estimators are the same; functions among their options by identity. */
export const isSameEstimator = (a?: Estimator, b?: Estimator): boolean => {
  const [first, second] = [a?.options ?? {}, b?.options ?? {}];
  const keys = Object.keys({ ...first, ...second });
  return a?.name === b?.name && keys.every((key) => first[key] === second[key]);
};
