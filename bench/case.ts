/** What is measured, as data: every peer, in whatever language it is written, is told the same. */

interface Described {
  readonly name: string;
  /** One line for the report. */
  readonly title: string;
  /** The learning rate of Adam. */
  readonly rate: number;
  /** Data points that one step visits. */
  readonly visited: number;
  /** Data points that the loss is a sum over. */
  readonly datums: number;
  readonly agreement: Agreement;
}

/**
 * How a peer is held to do the same work: from the same initial parameters it takes this many steps
 * with noise of its own, and the mean of its loss over the last half of them may differ from ours by
 * this share. A peer that is too slow takes fewer.
 */
export interface Agreement {
  readonly steps: number;
  readonly tolerance: number;
}

/** A variational autoencoder with one hidden layer on each side; the batch stays the same. */
export interface VaeCase extends Described {
  readonly kind: 'vae';
  readonly batch: number;
  readonly pixels: number;
  readonly hidden: number;
  readonly latent: number;
  readonly posterior: 'diagonal' | 'full';
}

/** The same networks under the importance-weighted bound, with a diagonal posterior. */
export interface IwaeCase extends Omit<VaeCase, 'kind'> {
  readonly kind: 'iwae';
  readonly particles: number;
}

export interface EightSchoolsCase extends Described {
  readonly kind: 'eight-schools';
  /** The mean and the standard deviation of the prior of log tau. */
  readonly logTau: readonly [number, number];
}

export interface LogisticRegressionCase extends Described {
  readonly kind: 'logistic-regression';
  readonly rows: number;
  readonly columns: number;
  readonly batch: number;
}

/** A chain z₁ ~ N(0, 1), zᵢ ~ N(zᵢ₋₁, 1), each seen as xᵢ ~ N(zᵢ, 1): every site its own statement. */
export interface ChainCase extends Described {
  readonly kind: 'chain';
  readonly seen: readonly number[];
}

export type Case = VaeCase | IwaeCase | EightSchoolsCase | LogisticRegressionCase | ChainCase;
