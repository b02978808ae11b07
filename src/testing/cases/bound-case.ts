/** What every generator of this kit makes: an inference of which everything is known. */
import type { Tensor } from '../../../dsl/index.js';
import type { Params } from '../../interpreters/params.js';
import type { AnyProgram, Inference } from '../law/inference.js';
import type { RowsInference } from '../programs/minibatches-law.js';

/**
 * How a case is made again, as plain JSON: the generator and what it was given. A generator that
 * changes another's case holds that one's recipe in its sketch.
 */
export interface Recipe {
  readonly generator: string;
  readonly sketch: unknown;
}

/** What a case has, in the field's words; coverage is counted by them. */
export type Feature =
  | 'continuous'
  | 'discrete'
  | 'plate'
  | 'nested plates'
  | 'ragged plate'
  | 'crossed plates'
  /** There are `rows`, so that minibatches of it can be taken. */
  | 'subsampled plate'
  /** One plate or more around every site of model and guide: one importance weight for each element. */
  | 'all sites in a plate'
  | 'mask'
  | 'factor'
  | 'model parameters'
  | 'guide parameters'
  | 'network'
  /** A function without a slope somewhere, as `relu`. */
  | 'kink'
  /** Two latent numbers with a correlation of more than 0.5 under the posterior. */
  | 'strong correlation'
  /** A gap of more than a nat. */
  | 'large gap';

/** An inference as functions of the rows of a plate that it visits, for minibatches. */
export interface CaseRows extends Pick<RowsInference, 'model' | 'guide' | 'size'> {
  /** The plate that the rows are of. */
  readonly plate: string;
  /** The posterior given all data, of these rows: a guide of `model` at the same rows. */
  readonly posterior: (rows: Tensor) => AnyProgram;
}

/**
 * A model with its data, a guide that is wrong, and the exact answers, in nats and double precision.
 *
 * A case is what the laws take: `checkBoundBelowEvidence(c)`, `checkModel(c)`,
 * `checkExactGuide({ ...c, guide: c.posterior })`, `checkMinibatches(c.rows)`.
 */
export interface BoundCase extends Inference {
  /** The model as one reads it, in one line. */
  readonly label: string;
  /** Model and data: the observed sites hold their values. It visits all elements of its plates. */
  readonly model: AnyProgram;
  /** A guide that is not the posterior. */
  readonly guide: AnyProgram;
  /** What was observed, by site: all elements of a plate, row by row. */
  readonly data: Readonly<Record<string, readonly number[]>>;
  /** The exact posterior as a program, a guide of `model`. */
  readonly posterior: AnyProgram;
  /** log p(data). */
  readonly logEvidence: number;
  /** The case by rows of a plate, where it can be subsampled; `logEvidence` and `gap` are of all rows. */
  readonly rows?: CaseRows;
  /** How many draws a bound of several takes, where the generator varies it. */
  readonly particles?: number;
  /**
   * Parameters, unconstrained, at which the answers hold; left out where these are the initial values
   * of the programs' `param` sites.
   */
  readonly params?: Params;
  /** log p(data) less the guide's exact ELBO: KL(guide ‖ posterior), where it is known. */
  readonly gap?: number;
  /** The largest correlation between two latent numbers under the posterior, in absolute value; 0 for one. */
  readonly correlation?: number;
  readonly features: readonly Feature[];
  readonly recipe: Recipe;
}
