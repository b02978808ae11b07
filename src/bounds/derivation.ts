/**
 * The derivation of a bound, as data: its terms, and for each latent site how the expectation is
 * taken and why.
 */
import type { Estimator } from './estimators/estimator.js';
import type { Meaning } from './meaning.js';
import type { Notation } from './notation/notation.js';
import type { PlateStructure } from './dependence/structure.js';

/** A latent site of the bound. */
export interface LatentDerivation {
  readonly name: string;
  readonly guideFamily: string;
  readonly modelFamily: string;
  readonly estimator: Estimator;
  /** Where it is summed over: along which axis of enumeration, and how many values it has. */
  readonly summed?: { readonly slot: number; readonly values: number };
  /** Where the user chose the estimator. */
  readonly asked?: true;
  /** Where no gradient passes between the site and the bound: a draw that could carry one must not. */
  readonly cut?: true;
  readonly why: string;
  readonly divergence: 'closedForm' | 'sampled';
  readonly whyDivergence: string;
  /** Whether it is observed at some elements of its plates, where nothing is drawn. */
  readonly partly?: true;
}

/**
 * A term of the bound:
 * `logLikelihood` E[log p(x | …)], `kl` −KL(q ‖ p), `logPrior` E[log p(z | …)], `entropy`
 * −E[log q(z | …)], `factor` E[f].
 */
export interface TermDerivation {
  readonly kind: 'logLikelihood' | 'kl' | 'logPrior' | 'entropy' | 'factor';
  readonly site: string;
  readonly plates: readonly PlateStructure[];
  /** size / count over the plates. */
  readonly scale: number;
  /** The latent sites whose values the term depends on. */
  readonly dependsOn: readonly string[];
  /** The same without the sites that the guide drew it from: what stands behind the bar. */
  readonly given: readonly string[];
  /** Where it depends on draws that are no latents, their names. */
  readonly noises?: readonly string[];
  /** Of a site that is observed at some elements: those that the term is of. */
  readonly where?: 'known' | 'unknown';
  /** Whether a factor is a loss, with its sign turned. */
  readonly loss?: true;
}

export interface Derivation {
  readonly objective: string;
  readonly meaning: Meaning;
  readonly notation: Notation;
  readonly particles: number;
  /** Whether particles come in pairs, whose normal noise is each other's negative. */
  readonly antithetic?: true;
  readonly depth: number;
  readonly latents: readonly LatentDerivation[];
  readonly terms: readonly TermDerivation[];
  /** The parameters that are trained, where that is not said to be all. */
  readonly trains?: readonly string[];
  /** The parameters that its programs visit, where other phases have others beside them. */
  readonly visits?: readonly string[];
  /** Of an inference in phases, all of them by name, in order; the rest is that of the one reported. */
  readonly phases?: Readonly<Record<string, PhaseDerivation>>;
}

/** What a phase of a step derives, and how often it has its turn. */
export interface PhaseDerivation {
  readonly times: number;
  /** Where it is not in every step. */
  readonly every?: number;
  /** Where it is not from the first step on. */
  readonly after?: number;
  readonly derivation: Derivation;
}
