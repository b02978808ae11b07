/** Bounds as users write them: multiple importance weights, jackknife, thermodynamic integration. */
import * as tf from '@tensorflow/tfjs';
import { type Objective, type Tensor, iwae } from 'marginalia';
import {
  type Joint,
  type Meaning,
  estimateWeights,
  fromDraws,
  logPowerMean,
} from 'marginalia/objectives';

/** An objective of your own, and the numbers of particles that it can have. */
export interface OwnObjective {
  readonly name: string;
  readonly make: (particles: number) => Objective;
  readonly particles?: readonly number[];
}

/** A bound over importance weights, from its reduction over particles. */
export const ofWeights =
  (name: string, claims: Omit<Meaning, 'requires' | 'over'>, reduce: (weights: Tensor) => Tensor) =>
  (particles: number): Objective => ({
    name,
    particles,
    meaning: { requires: { support: 'within', gradient: 'any' }, over: 'weights', ...claims },
    notation: { symbol: name },
    preferences: fromDraws,
    estimate: (joint: Joint) => estimateWeights(joint, reduce),
  });

/** IWAE with another estimate, as an objective of your own begins. */
export const likeIwae =
  (estimate: Objective['estimate']) =>
  (particles: number): Objective => ({ ...iwae({ particles }), name: 'mine', estimate });

/** Two groups of particles, each with a mean of its own: Rainforth et al. 2018, arXiv:1802.04537. */
export const miwae = ofWeights(
  'MIWAE',
  { bound: 'lower', monotone: 'nondecreasing' },
  (weights) => {
    const [particles = 2, ...data] = weights.shape;
    const groups = tf.reshape(weights, [particles / 2, 2, ...data]);
    return tf.mean(logPowerMean(groups, 1), 0);
  },
);

/** The jackknife of order one, no bound for sure: Nowozin 2018, Debiasing Evidence Approximations. */
export const jvi = ofWeights('JVI', { bound: 'none', tight: true }, (weights) => {
  const [particles = 2] = weights.shape;
  const others = Array.from({ length: particles }, (_, k) =>
    logPowerMean(
      tf.concat([tf.slice(weights, 0, k), tf.slice(weights, k + 1, particles - k - 1)], 0),
      1,
    ),
  );
  const one = tf.mean(tf.stack(others), 0);
  return tf.sub(tf.mul(logPowerMean(weights, 1), particles), tf.mul(one, particles - 1));
});

/** Σ_k share_k log w_k with shares in proportion to w^β. */
export const temperedMean = (weights: Tensor, beta: number): Tensor => {
  const tempered = tf.mul(weights, beta);
  const shares = tf.exp(tf.sub(tempered, tf.logSumExp(tempered, 0, true)));
  return tf.sum(tf.mul(shares, weights), 0);
};

/** The ends of the intervals of a partition of [0, 1]. */
export const BETAS = [0, 0.25, 0.5, 1] as const;

/** Σ (β_{j+1} − β_j) E_β[log w], with β the end of each interval that is asked for. */
export const riemann =
  (end: 0 | 1, mean: typeof temperedMean = temperedMean) =>
  (weights: Tensor): Tensor =>
    BETAS.slice(1)
      .map((next, j) => {
        const previous = BETAS[j] ?? 0;
        return tf.mul(mean(weights, end === 0 ? previous : next), next - previous);
      })
      .reduce((sum, x) => tf.add(sum, x));

/** The thermodynamic bound, from below: Masrani et al. 2019, arXiv:1907.00031. */
export const tvo = ofWeights('TVO', { bound: 'lower', monotone: 'nondecreasing' }, riemann(0));
