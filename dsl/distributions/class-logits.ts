/** The chances of K classes, as the families over classes take them. */
import * as tf from '@tensorflow/tfjs';
import { choose, greater } from '../comparison.js';
import { logOrImpossible, logSumExpLast } from '../special.js';
import { type Tensor, type TensorLike, asTensor } from '../tensor.js';
import { checkChances } from './chances.js';

/** The chances of K classes along the last axis; neither form needs to be normalised. */
export type CategoricalParameters =
  { readonly logits: TensorLike } | { readonly probs: TensorLike };

const normalised = (parameters: CategoricalParameters): Tensor => {
  if ('logits' in parameters) {
    const raw = asTensor(parameters.logits);
    return raw.rank === 0 ? raw : tf.sub(raw, tf.expandDims(logSumExpLast(raw), -1));
  }
  const weights = asTensor(parameters.probs);
  return weights.rank === 0
    ? weights
    : tf.sub(logOrImpossible(weights), tf.log(tf.sum(weights, -1, true)));
};

/** log p of each class, normalised, `[..., K]`, and K; `who` asks, for the message. */
export const classLogits = (
  who: string,
  parameters: CategoricalParameters,
): { readonly logits: Tensor; readonly classes: number } => {
  checkChances(who, parameters);
  const logits = normalised(parameters);
  const classes = logits.shape[logits.rank - 1];
  if (classes === undefined) {
    throw new RangeError(
      `${who}: expected one number a class along the last axis, but got a single number; ` +
        'give a vector of logits or probs.',
    );
  }
  return { logits, classes };
};

/** −Σ p log p, from normalised logits: p log p tends to 0 with p, where 0 times −∞ would be NaN. */
export const classEntropy = (logits: Tensor): Tensor => {
  const p = tf.exp(logits);
  const safe = choose(greater(p, tf.zerosLike(p)), logits, tf.zerosLike(p));
  return tf.neg(tf.sum(tf.mul(p, safe), -1));
};
