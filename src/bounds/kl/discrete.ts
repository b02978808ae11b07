/** Divergences of finite laws. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, choose, greater } from '../../../dsl/index.js';
import { logSigmoid } from '../../../dsl/special.js';

/** q (log q − log p) for one value; a value that q never takes adds 0, whatever p gives it. */
const klAtValue = (probability: Tensor, logQ: Tensor, logP: Tensor): Tensor => {
  const gap = tf.sub(logQ, logP);
  const taken = greater(probability, tf.zerosLike(probability));
  return tf.mul(probability, choose(taken, gap, tf.zerosLike(gap)));
};

/** q log(q / p) + (1 − q) log((1 − q) / (1 − p)), from logits. */
export const klBernoulli = (q: Tensor, p: Tensor): Tensor => {
  const on = klAtValue(tf.sigmoid(q), logSigmoid(q), logSigmoid(p));
  const [offQ, offP] = [tf.neg(q), tf.neg(p)];
  return tf.add(on, klAtValue(tf.sigmoid(offQ), logSigmoid(offQ), logSigmoid(offP)));
};

/** Σ_k q_k (log q_k − log p_k), from normalised logits. */
export const klCategorical = (q: Tensor, p: Tensor): Tensor =>
  tf.sum(klAtValue(tf.exp(q), q, p), -1);
