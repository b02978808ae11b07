/** The laws that the data come from. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Tensor,
  bernoulli,
  categorical,
  independent,
  multivariateNormal,
  normal,
} from 'marginalia';
import type { OutputLayer } from './model.js';

const bothOf = (a: Tensor, b: Tensor): Tensor => tf.concat([a, b], -1);

/** The correlation of the full normal: from one sign to the other and back. */
export const correlation = (x: Tensor): Tensor => tf.mul(0.95, tf.sin(x));

const waves = (x: Tensor): Tensor => bothOf(tf.sin(x), tf.cos(x));

/** p(y | x) of x `[rows, 1]`, from −3 to 3. */
export const truths: Readonly<Record<OutputLayer, (x: Tensor) => Distribution>> = {
  Normal: (x) => independent(normal(tf.sin(tf.mul(2, x)), 0.3)),
  'diagonal Normal': (x) =>
    independent(normal(waves(x), bothOf(tf.exp(tf.div(x, 2)), tf.exp(tf.div(x, -2))))),
  'full Normal': (x) => {
    const rho = correlation(x);
    const scale = tf.fill([x.shape[0] ?? 0, 2], Math.log(0.5));
    const rest = tf.log(tf.sqrt(tf.sub(1, tf.square(rho))));
    return multivariateNormal(waves(x), {
      logScale: tf.add(scale, bothOf(tf.zerosLike(x), rest)),
      lower: tf.mul(0.5, rho),
    });
  },
  Bernoulli: (x) => independent(bernoulli({ logits: tf.mul(3, tf.sin(tf.mul(2, x))) })),
  Categorical: (x) =>
    categorical({
      logits: tf.mul(
        3,
        tf.concat(
          [0, 1, 2].map((k) => tf.cos(tf.sub(x, (k * 2 * Math.PI) / 3))),
          -1,
        ),
      ),
    }),
};
