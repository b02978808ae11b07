/** What every generator of this kit makes: an inference of which everything is known. */
import type { AnyProgram, Inference } from '../law/inference.js';

/** How a case is made again, as plain data: the generator and what it was given. */
export interface Recipe {
  readonly generator: string;
  readonly sketch: unknown;
}

/** A model with its data, a guide that is wrong, and the exact answers, in nats and double precision. */
export interface BoundCase extends Inference {
  /** The model as one reads it, in one line. */
  readonly label: string;
  /** Model and data: the observed sites hold their values. */
  readonly model: AnyProgram;
  /** A guide that is not the posterior. */
  readonly guide: AnyProgram;
  /** What was observed, by site. */
  readonly data: Readonly<Record<string, readonly number[]>>;
  /** The exact posterior as a program. */
  readonly posterior: AnyProgram;
  /** log p(data). */
  readonly logEvidence: number;
  /** log p(data) less the guide's exact ELBO: KL(guide ‖ posterior), where it is known. */
  readonly gap?: number;
  /** The largest correlation between two latent numbers under the posterior, in absolute value. */
  readonly correlation?: number;
  /** What the case has: `'nested plates'`, `'mask'`, and so on. */
  readonly features: readonly string[];
  readonly recipe: Recipe;
}
