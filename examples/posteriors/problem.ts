/** A posterior to fit: a model of rows of data, and guides for it. */
import type { Objective, Program, Tensor } from 'marginalia';
import type { Requirements } from 'marginalia/objectives';

/** A family of guides, and how it is trained. */
export interface Fitting {
  /** What it is called: the family, and the objective where that is not the ELBO. */
  readonly family: string;
  readonly guide: (rows: Tensor) => Program<unknown, unknown>;
  readonly objective: Objective<Requirements>;
  readonly steps: number;
  readonly rate: number;
}

/** One posterior of the collection. */
export interface Problem {
  /** The model's name in `reference.json`. */
  readonly name: string;
  /** Rows of data `[n, width]`. */
  readonly rows: readonly (readonly number[])[];
  /** Its sites, drawn or named, are those of the reference. */
  readonly model: (rows: Tensor) => Program<unknown, unknown>;
  /** The last is the one to judge the engine by; those before show what simpler ones miss. */
  readonly fittings: readonly Fitting[];
}
