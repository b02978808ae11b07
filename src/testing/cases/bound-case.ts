/** What every generator of this kit makes: an inference of which everything is known. */
import type { Params } from '../../params.js';
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
  /** Model and guide of some rows of a plate, where it can be subsampled: all rows are `model` and `guide`. */
  readonly rows?: Pick<RowsInference, 'model' | 'guide' | 'size'>;
  /**
   * Parameters, unconstrained, at which the answers hold; left out where these are the initial values
   * of the programs' `param` sites.
   */
  readonly params?: Params;
  /** log p(data) less the guide's exact ELBO: KL(guide ‖ posterior), where it is known. */
  readonly gap?: number;
  /** The largest correlation between two latent numbers under the posterior, in absolute value; 0 for one. */
  readonly correlation?: number;
  /** What the case has, in the field's words: `'nested plates'`, `'mask'`, and so on. */
  readonly features: readonly string[];
  readonly recipe: Recipe;
}
