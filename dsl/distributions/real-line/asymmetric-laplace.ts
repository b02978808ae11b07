import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { type Real, positive, real } from '../../supports/index.js';
import { choose, less } from '../../tensors/comparison.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';

type AsymmetricLaplaceParameters = {
  readonly loc: Tensor;
  readonly scale: Tensor;
  readonly asymmetry: Tensor;
};

export const asymmetricLaplaceFamily: Family<AsymmetricLaplaceParameters> = {
  name: 'AsymmetricLaplace',
  axes: { loc: 0, scale: 0, asymmetry: 0 },
  of: ({ loc, scale, asymmetry }) => asymmetricLaplace(loc, scale, asymmetry),
};

/**
 * The asymmetric Laplace distribution: exponential tails of other lengths on both sides of `loc`, a = scale · asymmetry to
 * the left and b = scale / asymmetry to the right. The likelihood of quantile regression.
 *
 * log p(z) = −log(a + b) − (loc − z) / a to the left and −log(a + b) − (z − loc) / b to the right, in nats.
 *
 * - Shapes: batch is the three parameters broadcast; an event is one number.
 * - Gradient: pathwise, z = loc + b E₁ − a E₂ with two exponential numbers, smooth in all three. The density has no
 *   derivative at z = loc, where that to the right is taken.
 * - Edges: tensors `scale` and `asymmetry` of 0 or below give NaN or infinities.
 * - Source: Kotz, Kozubowski and Podgórski, The Laplace Distribution and Generalizations, chapter 3.
 *
 * @example
 * ```ts
 * asymmetricLaplace(0, 1, 2).logProb(tf.scalar(-2)).dataSync()[0]; // -1 - Math.log(2.5)
 * asymmetricLaplace(0, 1, 2).cdf?.(tf.scalar(0)).dataSync()[0]; // 0.8
 * ```
 */
export const asymmetricLaplace = (
  loc: TensorLike,
  scale: TensorLike,
  asymmetry: TensorLike,
): Distribution<Real, 'pathwise'> => {
  const [m, s, k] = [asTensor(loc), asTensor(scale), asTensor(asymmetry)];
  const [left, right] = [tf.mul(s, k), tf.div(s, k)];
  const both = tf.add(left, right);
  const isLeft = (value: Tensor): Tensor => less(value, m);
  /** −(loc − z) / a to the left, where it is not above 0, and likewise to the right. */
  const fallLeft = (value: Tensor): Tensor => tf.div(tf.minimum(tf.sub(value, m), 0), left);
  const fallRight = (value: Tensor): Tensor => tf.div(tf.minimum(tf.sub(m, value), 0), right);
  /** The shares of both sides. */
  const [ofLeft, ofRight] = [tf.div(left, both), tf.div(right, both)];
  return distribution({
    family: asymmetricLaplaceFamily,
    parameters: { loc: m, scale: s, asymmetry: k },
    arguments: argumentsOf('asymmetricLaplace', {
      loc: [loc, m, real],
      scale: [scale, s, positive],
      asymmetry: [asymmetry, k, positive],
    }),
    support: real,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('gumbel'), baseNoise('gumbel')],
      draw: ([up = tf.scalar(0), down = tf.scalar(0)]) => ({
        value: tf.add(
          m,
          tf.sub(tf.mul(right, tf.exp(tf.neg(up))), tf.mul(left, tf.exp(tf.neg(down)))),
        ),
      }),
    },
    logProb: (value) => {
      const far = tf.sub(value, m);
      const fall = choose(isLeft(value), tf.div(far, left), tf.neg(tf.div(far, right)));
      return tf.sub(fall, tf.log(both));
    },
    mean: () => tf.add(m, tf.sub(right, left)),
    variance: () => tf.add(tf.square(left), tf.square(right)),
    entropy: () => tf.add(tf.log(both), 1),
    cdf: (value) =>
      choose(
        isLeft(value),
        tf.mul(ofLeft, tf.exp(fallLeft(value))),
        tf.sub(1, tf.mul(ofRight, tf.exp(fallRight(value)))),
      ),
    logCdf: (value) =>
      choose(
        isLeft(value),
        tf.add(tf.log(ofLeft), fallLeft(value)),
        tf.log1p(tf.neg(tf.mul(ofRight, tf.exp(fallRight(value))))),
      ),
    logSurvival: (value) =>
      choose(
        isLeft(value),
        tf.log1p(tf.neg(tf.mul(ofLeft, tf.exp(fallLeft(value))))),
        tf.add(tf.log(ofRight), fallRight(value)),
      ),
    icdf: (u) => {
      const down = tf.mul(left, tf.log(tf.minimum(tf.div(u, ofLeft), 1)));
      const up = tf.mul(right, tf.log(tf.minimum(tf.div(tf.sub(1, u), ofRight), 1)));
      return tf.add(m, choose(less(u, ofLeft), down, tf.neg(up)));
    },
  });
};
