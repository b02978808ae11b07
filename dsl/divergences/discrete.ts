/** Divergences of finite laws. */
import * as tf from '@tensorflow/tfjs';
import { logChance, logOther, logSigmoid } from '../numerics/special.js';
import { choose, greater } from '../tensors/comparison.js';
import type { Tensor } from '../tensors/tensor.js';

/** q (log q − log p) for one value; a value that q never takes adds 0, whatever p gives it. */
const klAtValue = (probability: Tensor, logQ: Tensor, logP: Tensor): Tensor => {
  const gap = tf.sub(logQ, logP);
  const taken = greater(probability, tf.zerosLike(probability));
  return tf.mul(probability, choose(taken, gap, tf.zerosLike(gap)));
};

/** The chance of a one, by log odds and, where it was given, itself: of 0 and 1 log odds have no slope. */
export type Odds = { readonly logits: Tensor; readonly probs?: Tensor };

/** The chances of one and zero, and their logarithms. */
const sidesOf = ({ logits, probs }: Odds): Record<'on' | 'off', readonly [Tensor, Tensor]> => {
  if (probs) {
    return { on: [probs, logChance(probs)], off: [tf.sub(1, probs), logOther(probs)] };
  }
  const other = tf.neg(logits);
  return {
    on: [tf.sigmoid(logits), logSigmoid(logits)],
    off: [tf.sigmoid(other), logSigmoid(other)],
  };
};

/** q log(q / p) + (1 − q) log((1 − q) / (1 − p)). */
export const klBernoulli = (ofQ: Odds, ofP: Odds): Tensor => {
  const [q, p] = [sidesOf(ofQ), sidesOf(ofP)];
  return tf.add(klAtValue(...q.on, p.on[1]), klAtValue(...q.off, p.off[1]));
};

/**
 * Σ_k q_k (log q_k − log p_k), from normalised logits; of other classes nothing. A class that q never
 * takes has no gradient: that by a probability of 0 would be −∞.
 */
export const klOfClasses = ({ logits: q }: Odds, { logits: p }: Odds): Tensor | undefined =>
  q.shape.at(-1) === p.shape.at(-1) ? tf.sum(klAtValue(tf.exp(q), q, p), -1) : undefined;
