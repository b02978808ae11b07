/**
 * Conjugate families in the coordinates in which data add up: p(z | c) = exp(c · T(z) − A(c)) over one
 * base measure. A datum x adds counts to c, so posterior, evidence and divergences are closed forms
 * (Diaconis and Ylvisaker 1979, doi:10.1214/aos/1176344611).
 */
import type { Distribution, Tensor } from '../../../../dsl/index.js';

/** The coordinates of a law. */
export type Counts = readonly number[];

/** What a datum adds: log p(x | z) = counts · T(z) + base. */
export interface Likelihood {
  readonly counts: Counts;
  readonly base: number;
}

/** A parameter of a family's law: a number, or a vector for each latent value. */
export interface Parameter {
  readonly name: string;
  readonly isPositive: boolean;
  readonly values: readonly number[];
}

/** One conjugate family. */
export interface ConjugateFamily {
  /** Prior and likelihood as a label has them. */
  readonly names: readonly [prior: string, likelihood: string];
  /** A(c), log ∫ exp(c · T(z)) dz, nats. */
  readonly logNormaliser: (c: Counts) => number;
  /** E T(z). */
  readonly meanStatistics: (c: Counts) => readonly number[];
  /** The parameters that a program has: location and scale, say. */
  readonly parameters: (c: Counts) => readonly Parameter[];
  readonly fromParameters: (parameters: readonly (readonly number[])[]) => Counts;
  /** The law of z at parameters `[..., ]`, those that are vectors with their last axis. */
  readonly law: (parameters: readonly Tensor[]) => Distribution;
  /** How the likelihood is made of z; `noise` is its own number, where it has one. */
  readonly likelihood: (z: Tensor, noise: Tensor) => Distribution;
  readonly hasNoise: boolean;
  /** What a datum adds to counts of `size` places. */
  readonly datum: (x: number, noise: number, size: number) => Likelihood;
  /** c · T(z). */
  readonly logFactor: (c: Counts, z: Tensor) => Tensor;
  /** The largest correlation between two entries of z, in absolute value; 0 for a number. */
  readonly correlation: (c: Counts) => number;
  /** How a guide lies `t` along a direction from a law with these parameters. */
  readonly moved: (
    parameters: readonly (readonly number[])[],
    direction: readonly number[],
    t: number,
  ) => readonly (readonly number[])[];
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * (b[i] ?? Number.NaN), 0);

/** KL(q ‖ p) of two laws of a family, nats. */
export const divergence = (
  { logNormaliser, meanStatistics }: ConjugateFamily,
  q: Counts,
  p: Counts,
): number =>
  dot(
    q.map((x, i) => x - (p[i] ?? Number.NaN)),
    meanStatistics(q),
  ) -
  logNormaliser(q) +
  logNormaliser(p);

/** The sum of some counts. */
export const plus = (a: Counts, b: Counts): Counts => a.map((x, i) => x + (b[i] ?? Number.NaN));
