/** The chances of K classes, as the families over classes take them. */
import * as tf from '@tensorflow/tfjs';
import { type Argument, argumentsOf } from '../../checks/argument.js';
import { choose, greater } from '../../tensors/comparison.js';
import { logWeights, weights } from '../../checks/domain.js';
import { logOrImpossible, logSumExpLast } from '../../numerics/special.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import type { WeighedValue } from '../../law/distribution.js';
import { checkChances } from './chances.js';

/** The chances of K classes along the last axis; neither form needs to be normalised. */
export type CategoricalParameters =
  { readonly logits: TensorLike } | { readonly probs: TensorLike };

export interface ClassLogits {
  /** log p of each class, normalised, `[..., K]`. */
  readonly logits: Tensor;
  /** The chances, normalised, where they were given: the slope by one of 0 goes through them. */
  readonly probs?: Tensor;
  readonly classes: number;
  /** The chances as they were given: normalising hides what is wrong with them. */
  readonly arguments: readonly Argument[];
}

const fromLogits = (raw: Tensor): Tensor => tf.sub(raw, tf.expandDims(logSumExpLast(raw), -1));

const fromProbs = (raw: Tensor): Required<Pick<ClassLogits, 'logits' | 'probs'>> => {
  const total = tf.sum(raw, -1, true);
  return { logits: tf.sub(logOrImpossible(raw), tf.log(total)), probs: tf.div(raw, total) };
};

/** The chances of K classes; `who` asks, for the messages. */
export const classLogits = (who: string, parameters: CategoricalParameters): ClassLogits => {
  checkChances(who, parameters);
  const given = 'logits' in parameters ? parameters.logits : parameters.probs;
  const raw = asTensor(given);
  const classes = raw.shape[raw.rank - 1];
  if (classes === undefined || classes === 0) {
    throw new RangeError(
      `${who}: expected one number a class along the last axis, but got ${
        classes === 0 ? 'none' : 'a single number'
      }; give a vector of logits or probs.`,
    );
  }
  return 'logits' in parameters
    ? {
        logits: fromLogits(raw),
        classes,
        arguments: argumentsOf(who, { logits: [given, raw, logWeights, 1] }),
      }
    : {
        ...fromProbs(raw),
        classes,
        arguments: argumentsOf(who, { probs: [given, raw, weights, 1] }),
      };
};

/** −Σ p log p, from normalised logits: p log p tends to 0 with p, where 0 times −∞ would be NaN. */
export const classEntropy = (logits: Tensor): Tensor => {
  const p = tf.exp(logits);
  const safe = choose(greater(p, tf.zerosLike(p)), logits, tf.zerosLike(p));
  return tf.neg(tf.sum(tf.mul(p, safe), -1));
};

/** Every class with its chance: what a cost is compared at. */
export const classesWeighed = (
  probs: Tensor,
  valueOf: (vector: Tensor, k: number) => Tensor,
): readonly WeighedValue[] => {
  const classes = probs.shape.at(-1) ?? 0;
  return Array.from({ length: classes }, (_, k): WeighedValue => {
    const vector = tf.tensor1d(Array.from({ length: classes }, (__, j) => Number(j === k)));
    return { value: valueOf(vector, k), weight: tf.sum(tf.mul(probs, vector), -1) };
  });
};
