/** What the checks look at: everything measured of a model with its guide, as plain numbers. */
import type { Complaint } from '../../dsl/refusals/error.js';
import type { Derivation } from '../bounds/derivation.js';
import type { Objective } from '../bounds/objective.js';
import type { Structure } from '../bounds/dependence/structure.js';
import type { SiteRecord } from '../interpreters/record.js';

export type Role = 'model' | 'guide';

/** A site as one run of both programs shows it. */
export interface TracedSite {
  readonly role: Role;
  readonly name: string;
  readonly kind: 'latent' | 'observed';
  readonly family: string;
  /** Whether its law was computed from the batch. */
  readonly readsBatch: boolean;
  /** The parameters that its law was computed from. */
  readonly params: readonly string[];
  /** The latent sites that its law was computed from. */
  readonly sites: readonly string[];
  /** The plates, of more than one element, that give every element the same law. */
  readonly sameAlong: readonly string[];
  /** The plates for whose drawn elements its value is right: computed from them, or one constant for all. */
  readonly follows: readonly string[];
}

/** A site with what its value is under its law: every number of it is looked at. */
export interface ValuedSite extends TracedSite {
  readonly values: ValueFacts;
}

/** A value under its law. */
export interface ValueFacts {
  readonly count: number;
  /** Values whose log probability is not finite: how many, and the first. */
  readonly impossible: readonly ImpossibleValue[];
  /** Numbers that no value of the support has. */
  readonly outside: readonly number[];
  /** The most that float32 rounds a value by, in standard deviations of its law. */
  readonly rounding: number;
}

export interface ImpossibleValue {
  readonly value: number;
  readonly logProb: number;
}

/** A site whose distribution is made from a number that its family does not take. */
export interface InvalidSite extends Omit<Complaint, 'site'> {
  readonly role: Role;
  readonly name: string;
  /** The parameters that its law was computed from. */
  readonly params: readonly string[];
}

/** A plate and what it holds. */
export interface TracedPlate {
  readonly name: string;
  readonly size: number;
  readonly count: number;
  /** Whether the engine drew the elements that are visited. */
  readonly drawn: boolean;
  /** The parameters with one value an element. */
  readonly params: readonly string[];
}

/** A term added by hand. */
export interface TracedFactor {
  readonly name: string;
  readonly readsBatch: boolean;
  /** Whether it was computed from the batch, a parameter or a site: no constant. */
  readonly varies: boolean;
  /** The plates, of more than one element, along which it has no axis. */
  readonly sameAlong: readonly string[];
}

/** A site whose terms go by the place of a row in its batch, and not by the row. */
export interface PlacedSite {
  readonly role: Role;
  readonly plate: string;
  readonly site: string;
}

/** A site that is drawn and neither scored nor recorded, and that some term was computed from. */
export interface HiddenSite {
  readonly role: Role;
  readonly name: string;
  readonly family: string;
  readonly params: readonly string[];
  readonly reparameterised: boolean;
}

/** Data that are multiplied by parameters. */
export interface NetworkInput {
  readonly param: string;
  readonly rootMeanSquare: number;
}

/** A site whose elements depend on other elements of its plate. */
export interface PooledSite {
  readonly role: Role;
  readonly plate: string;
  readonly site: string;
}

/** A site that is not the same twice. */
export interface UnrepeatedSite {
  readonly role: Role;
  readonly site: string;
  readonly kind: SiteRecord['kind'];
}

/** The guide's initial spread at a site, squared, over that which the model's curvature asks for. */
export interface InitialSpread {
  readonly site: string;
  readonly ratio: number;
}

/** What is asked of it is measured once, when it is first asked: a check that is not made costs nothing. */
export interface Examination {
  readonly structure: Structure;
  readonly objective: Objective;
  readonly derivation: Derivation;
  /** The parameters that are trained: by the objective, and of the group that is. */
  readonly trained: readonly string[];
  /** How a sum of terms would be estimated with nothing asked for; nothing for other objectives. */
  readonly unasked: () => Derivation | undefined;
  readonly sites: () => readonly TracedSite[];
  readonly valued: () => readonly ValuedSite[];
  readonly plates: () => readonly TracedPlate[];
  readonly factors: () => readonly TracedFactor[];
  readonly hidden: () => readonly HiddenSite[];
  readonly invalid: () => readonly InvalidSite[];
  readonly inputs: () => readonly NetworkInput[];
  /** Whether a term of the model is computed from the batch, not through a draw of the guide. */
  readonly readsBatch: () => boolean;
  readonly pooled: () => readonly PooledSite[];
  /** Where programs are not the same twice. */
  readonly unrepeated: () => readonly UnrepeatedSite[];
  /** In plates as long as a shuffled batch. */
  readonly placed: () => readonly PlacedSite[];
  /** The penalties that no change of the batch changes. */
  readonly fixedPenalties: () => readonly string[];
  readonly spreads: () => readonly InitialSpread[];
  /** The parameters whose gradient is exactly 0 wherever it was taken. */
  readonly still: () => readonly string[];
  /** The parameters whose gradient, and the terms whose value, is not finite at the start. */
  readonly notFinite: () => readonly string[];
  /** The rows of the whole data set, where they are known. */
  readonly rows?: number;
  /** The lengths of the batch's tensors; none where the programs were given without one. */
  readonly batchLengths?: readonly number[];
}

/** Whether a plate takes the rows of a batch, of a larger data set, for all that there is. */
export const isRowPlate = (
  { size, count }: { readonly size: number; readonly count: number },
  { rows, batchLengths }: Pick<Examination, 'rows' | 'batchLengths'>,
): boolean =>
  rows !== undefined &&
  size === count &&
  size < rows &&
  (batchLengths === undefined || batchLengths.includes(count));
