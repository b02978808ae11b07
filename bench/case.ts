/** What is measured, as data: every peer, in whatever language it is written, is told the same. */

interface Described {
  readonly name: string;
  /** One line for the report. */
  readonly title: string;
  /** Data points that one step visits. */
  readonly visited: number;
  /** Data points that the loss is a sum over. */
  readonly datums: number;
  readonly agreement: Agreement;
}

interface Trained extends Described {
  /** The learning rate of Adam. */
  readonly rate: number;
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

/** Sizes of an autoencoder with one hidden layer on each side. */
export interface NetworkSizes {
  readonly pixels: number;
  readonly hidden: number;
  readonly latent: number;
}

/** A variational autoencoder with one hidden layer on each side; the batch stays the same. */
export interface VaeCase extends Trained, NetworkSizes {
  readonly kind: 'vae';
  readonly batch: number;
  readonly posterior: 'diagonal' | 'full';
}

/** The same networks under the importance-weighted bound, with a diagonal posterior. */
export interface IwaeCase extends Trained, NetworkSizes {
  readonly kind: 'iwae';
  readonly batch: number;
  readonly particles: number;
}

/** Two convolutions by stride 2 and a diagonal posterior; a dense layer and their transposes back. */
export interface ConvolutionalVaeCase extends Trained {
  readonly kind: 'vae-conv';
  readonly batch: number;
  /** Pixels along a side, which two strides divide. */
  readonly side: number;
  /** Channels of the first and the second convolution. */
  readonly channels: readonly [number, number];
  /** Pixels along a side of their windows. */
  readonly window: number;
  readonly latent: number;
}

export interface EightSchoolsCase extends Trained {
  readonly kind: 'eight-schools';
  /** The mean and the standard deviation of the prior of log tau. */
  readonly logTau: readonly [number, number];
}

export interface LogisticRegressionCase extends Trained {
  readonly kind: 'logistic-regression';
  readonly rows: number;
  readonly columns: number;
  readonly batch: number;
}

/** A chain z₁ ~ N(0, 1), zᵢ ~ N(zᵢ₋₁, 1), each seen as xᵢ ~ N(zᵢ, 1): every site its own statement. */
export interface ChainCase extends Trained {
  readonly kind: 'chain';
  readonly seen: readonly number[];
}

/** The autoencoder on batches that alternate between sizes: graphs that take turns. */
export interface AlternatingCase extends Trained, NetworkSizes {
  readonly kind: 'alternating';
  readonly batches: readonly number[];
}

/** The autoencoder in two phases: one trains the decoder, the other the encoder. */
export interface PhasesCase extends Trained, NetworkSizes {
  readonly kind: 'phases';
  readonly batch: number;
}

/** Whole epochs over images: rows in a new order, pixels and noise drawn for each batch. A step is an epoch. */
export interface FitCase extends Trained, NetworkSizes {
  readonly kind: 'fit';
  readonly batch: number;
  readonly images: number;
}

/** One call of a graph of four nodes: Σ tanh(x W + b), for x `[rows, width]`. */
export interface CallCase extends Described {
  readonly kind: 'call';
  readonly rows: number;
  readonly width: number;
}

/** A whole program, from the start of its process to the line that it prints. */
export interface FirstPosteriorCase extends Described {
  readonly kind: 'first-posterior';
}

/** What is written by hand as well, in TensorFlow.js and jax-js. */
export type ByHandCase =
  VaeCase | IwaeCase | ConvolutionalVaeCase | EightSchoolsCase | LogisticRegressionCase | ChainCase;

/** What is measured step by step. */
export type StepCase = ByHandCase | AlternatingCase | PhasesCase;

export type Case = StepCase | FitCase | CallCase | FirstPosteriorCase;

/** Whether a case is written by hand as well. */
export const isByHand = (of: Case): of is ByHandCase => {
  switch (of.kind) {
    case 'vae':
    case 'iwae':
    case 'vae-conv':
    case 'eight-schools':
    case 'logistic-regression':
    case 'chain':
      return true;
    case 'alternating':
    case 'phases':
    case 'fit':
    case 'call':
    case 'first-posterior':
      return false;
  }
};

/** Whether a case is measured step by step. */
export const isStepCase = (of: Case): of is StepCase =>
  isByHand(of) || of.kind === 'alternating' || of.kind === 'phases';
