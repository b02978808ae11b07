import * as tf from '@tensorflow/tfjs';
import { type Argument, argumentsOf } from '../../checks/argument.js';
import { choose, equal, less } from '../../tensors/comparison.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { type Odds, klBernoulli } from '../../divergences/discrete.js';
import { distribution } from '../../law/leaf.js';
import { checkChances } from './chances.js';
import { probability } from '../../checks/domain.js';
import { baseNoise } from '../../tensors/noise.js';
import { logChance, logOther, logit, softplus } from '../../numerics/special.js';
import { type Integers, boolean, real } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';

export const bernoulliFamily: Family<Odds> = {
  name: 'Bernoulli',
  axes: { logits: 0, probs: 0 },
  of: ({ logits, probs }) => bernoulli(probs ? { probs } : { logits }),
};

/** The chance of a one, as log odds or as a probability. */
export type BernoulliParameters = { readonly logits: TensorLike } | { readonly probs: TensorLike };

interface Chances {
  /** The chance of a one, where it was given. */
  readonly probs?: Tensor;
  readonly given: readonly Argument[];
  readonly logits: Tensor;
  readonly on: () => Tensor;
  readonly off: () => Tensor;
  readonly logProb: (value: Tensor) => Tensor;
  readonly entropy: () => Tensor;
}

const fromLogits = (odds: TensorLike): Chances => {
  const logits = asTensor(odds);
  const on = (): Tensor => tf.sigmoid(logits);
  return {
    given: argumentsOf('bernoulli', { logits: [odds, logits, real] }),
    logits,
    on,
    off: () => tf.sigmoid(tf.neg(logits)),
    logProb: (value) => tf.sub(tf.mul(value, logits), softplus(logits)),
    entropy: () => tf.sub(softplus(logits), tf.mul(on(), logits)),
  };
};

const fromProbs = (chances: TensorLike): Chances => {
  const probs = asTensor(chances);
  // 0 times −∞ is NaN; a finite logarithm stays, for it is the slope by the value, as a relaxed draw has.
  const both = (x: Tensor, y: Tensor, of: number): Tensor =>
    tf.mul(equal(x, tf.scalar(0)), equal(y, tf.scalar(of)));
  const weighted = (on: Tensor, off: Tensor): Tensor => {
    const chanceOn = choose(both(on, probs, 0), tf.onesLike(on), probs);
    const chanceOff = choose(both(off, probs, 1), tf.zerosLike(off), probs);
    return tf.add(tf.mul(on, logChance(chanceOn)), tf.mul(off, logOther(chanceOff)));
  };
  return {
    given: argumentsOf('bernoulli', { probs: [chances, probs, probability] }),
    probs,
    logits: logit(probs),
    on: () => probs,
    off: () => tf.sub(1, probs),
    logProb: (value) => weighted(value, tf.sub(1, value)),
    entropy: () => tf.neg(weighted(probs, tf.sub(1, probs))),
  };
};

/**
 * The Bernoulli distribution over 0 and 1.
 *
 * log p(z) = z · logits − softplus(logits) = z log p + (1 − z) log(1 − p), in nats.
 *
 * - Shapes: batch is that of the parameter; an event is one number, 0 or 1.
 * - Gradient: `enumerable`: none through the draw 1[u < p]; both values can be summed over.
 * - Edges: with a probability of exactly 0 or 1 the impossible value has log probability −∞ and the
 *   certain one 0, and a term that has weight 0 no gradient; logits must be finite. The formula is not cut off outside 0 and 1: a grey value
 *   between them gets the cross entropy.
 *
 * @example
 * ```ts
 * bernoulli({ probs: 0.6 }).logProb(tf.scalar(1)).dataSync()[0]; // -0.5108256
 * ```
 */
export const bernoulli = (
  parameters: BernoulliParameters,
): Distribution<Integers<0, 1>, 'enumerable'> => {
  checkChances('bernoulli', parameters);
  const { logits, probs, on, off, logProb, entropy, given } =
    'logits' in parameters ? fromLogits(parameters.logits) : fromProbs(parameters.probs);
  const odds = { logits, ...(probs && { probs }) };
  return distribution({
    family: bernoulliFamily,
    parameters: odds,
    arguments: given,
    support: boolean,
    values: probability,
    sampler: {
      gradient: 'enumerable',
      noise: [baseNoise('uniform')],
      draw: ([u = tf.scalar(0)]) => ({ value: less(u, on()) }),
      enumeration: {
        count: 2,
        values: () => tf.tensor1d([0, 1]),
        ...(probs && {
          // A grey value has a cross entropy, and no chance that is linear.
          chance: (value) =>
            choose(
              equal(tf.mul(value, tf.sub(1, value)), tf.scalar(0)),
              tf.add(tf.mul(value, on()), tf.mul(tf.sub(1, value), off())),
              tf.exp(logProb(value)),
            ),
        }),
      },
      relaxation: {
        mean: on,
        // A draw is 1 where u < p: where this is above a half.
        draw: ([u = tf.scalar(0.5)], temperature) =>
          tf.sigmoid(tf.div(tf.sub(logits, logit(u)), temperature)),
      },
      weakDerivative: {
        cellRank: 0,
        values: () => [
          { value: tf.scalar(0), weight: off() },
          { value: tf.scalar(1), weight: on() },
        ],
      },
    },
    logProb: (value) => logProb(value),
    mean: on,
    variance: () => tf.mul(on(), off()),
    entropy,
    klTo: (p) => (isOf(p, bernoulliFamily) ? klBernoulli(odds, p.parameters) : undefined),
  });
};
