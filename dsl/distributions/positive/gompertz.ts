import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { scaledExpint } from '../../numerics/exponential-integral.js';
import { logOneMinusExp } from '../../numerics/special.js';
import { type Positive, positive } from '../../supports/index.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { awayFromZero, logTailsOfHalfLine, onHalfLine, shareOfHalfLine } from './half-line.js';

type GompertzParameters = { readonly concentration: Tensor; readonly rate: Tensor };

export const gompertzFamily: Family<GompertzParameters> = {
  name: 'Gompertz',
  axes: { concentration: 0, rate: 0 },
  of: ({ concentration, rate }) => gompertz(concentration, rate),
};

/** From here on the risk is infinite in float32, and what log p adds to it nothing. */
const FAR = 2 ** 10;

/**
 * The Gompertz distribution of life spans: the risk of the next moment grows as e^(rate z).
 *
 * log p(z) = log η + log rate + rate z − η (e^(rate z) − 1), in nats, for z ≥ 0 and −∞ below, with η for
 * `concentration`.
 *
 * - Shapes: batch is `concentration` and `rate` broadcast; an event is one positive number.
 * - Gradient: pathwise, z = log(1 + E / η) / rate with E = e^−g exponential.
 * - Edges: tensors of 0 or below give NaN or infinities. A draw below 2⁻¹⁰⁰ is that number. The variance has no closed
 *   form.
 * - Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2, section 22.8; its mean by the
 *   exponential integral, Lenart, The moments of the Gompertz distribution, 2014, doi:10.1080/03461238.2012.687697.
 *
 * @example
 * ```ts
 * gompertz(2, 1).logProb(tf.scalar(0)).dataSync()[0]; // Math.log(2)
 * gompertz(2, 1).cdf?.(tf.scalar(Math.LN2)).dataSync()[0]; // 1 - Math.exp(-2)
 * ```
 */
export const gompertz = (
  concentration: TensorLike,
  rate: TensorLike,
): Distribution<Positive, 'pathwise'> => {
  const [eta, b] = [asTensor(concentration), asTensor(rate)];
  /** η (e^(rate z) − 1), an exponential number of a draw. */
  const risk = (value: Tensor): Tensor => tf.mul(eta, tf.expm1(tf.mul(b, value)));
  const at = (wait: Tensor): Tensor => tf.div(tf.log1p(tf.div(wait, eta)), b);
  return distribution({
    family: gompertzFamily,
    parameters: { concentration: eta, rate: b },
    arguments: argumentsOf('gompertz', {
      concentration: [concentration, eta, positive],
      rate: [rate, b, positive],
    }),
    support: positive,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('gumbel')],
      draw: ([g = tf.scalar(0)]) => ({ value: awayFromZero(at(tf.exp(tf.neg(g)))) }),
    },
    logProb: (value) => {
      const logs = tf.add(tf.add(tf.log(eta), tf.log(b)), tf.minimum(tf.mul(b, value), FAR));
      return onHalfLine(value, tf.sub(logs, risk(value)));
    },
    mean: () => tf.div(scaledExpint(eta), b),
    entropy: () => tf.sub(1, tf.add(tf.add(tf.log(eta), tf.log(b)), scaledExpint(eta))),
    cdf: (value) => shareOfHalfLine(value, tf.neg(tf.expm1(tf.neg(risk(value))))),
    ...logTailsOfHalfLine(
      (value) => logOneMinusExp(risk(value)),
      (value) => tf.neg(risk(value)),
    ),
    icdf: (u) => at(tf.neg(tf.log1p(tf.neg(u)))),
  });
};
