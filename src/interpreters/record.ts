/** What a run leaves behind for each site it visited. */
import type { ContinuousSupport, Distribution, Preimage, Tensor } from '../../dsl/index.js';
import type { Known } from '../../dsl/program/instruction.js';
import type { PlacedPlate } from '../../dsl/program/layout.js';

/** How the value of a sample site came about. */
export type Origin = 'drawn' | 'given' | 'enumerated' | 'observed';

export interface SampleRecord {
  readonly kind: 'sample';
  readonly name: string;
  readonly distribution: Distribution;
  readonly value: Tensor;
  /** The noise that made a drawn value. */
  readonly noise: readonly Tensor[];
  readonly origin: Origin;
  /** What the value is the image of, where that is known; it has the gradient that a draw has. */
  readonly preimage?: Preimage;
  readonly plates: readonly PlacedPlate[];
  /** Of a site of the model that is known at some elements, what is known. */
  readonly known?: Known;
}

export interface ParamRecord {
  readonly kind: 'param';
  readonly name: string;
  /** The unconstrained tensor. */
  readonly stored: Tensor;
  readonly value: Tensor;
  readonly support: ContinuousSupport;
  readonly plates: readonly PlacedPlate[];
  /** Of a running average, what it is after this run, unconstrained. */
  readonly next?: Tensor;
}

export interface DeterministicRecord {
  readonly kind: 'deterministic';
  readonly name: string;
  readonly value: Tensor;
  readonly plates: readonly PlacedPlate[];
}

export interface FactorRecord {
  readonly kind: 'factor';
  readonly name: string;
  readonly value: Tensor;
  readonly plates: readonly PlacedPlate[];
  /** Whether it is a loss, with its sign turned. */
  readonly loss?: true;
}

export type SiteRecord = SampleRecord | ParamRecord | DeterministicRecord | FactorRecord;

/** A finished run: its result and its sites in the order of their first visit. */
export interface Run<A> {
  readonly result: A;
  readonly records: readonly SiteRecord[];
  /** What was drawn and is neither scored nor recorded: noise, and sites that a handler hides. */
  readonly hidden: readonly SampleRecord[];
}

/** The sample sites of a run, by name. */
export const samplesOf = (records: readonly SiteRecord[]): ReadonlyMap<string, SampleRecord> =>
  new Map(records.flatMap((r) => (r.kind === 'sample' ? [[r.name, r]] : [])));
