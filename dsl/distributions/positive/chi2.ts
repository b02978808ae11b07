import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { type GammaParameters, klGamma } from '../../divergences/gamma.js';
import { type Positive, positive } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { gamma, gammaOf } from './gamma.js';

export const chi2Family: Family<{ readonly df: Tensor }> = {
  name: 'Chi2',
  axes: { df: 0 },
  of: ({ df }) => chi2(df),
};

const asGamma = (df: Tensor): GammaParameters => ({
  concentration: tf.div(df, 2),
  rate: tf.scalar(0.5),
});

/** A chi-square, gamma or exponential law as a gamma law. */
const knownOf = (d: Distribution): GammaParameters | undefined =>
  isOf(d, chi2Family) ? asGamma(d.parameters.df) : gammaOf(d);

/**
 * The chi-square distribution with `df` degrees of freedom: the sum of that many squares of standard normal
 * numbers, and the gamma law with shape df / 2 and inverse scale ½.
 *
 * log p(z) = (df / 2 − 1) log z − z / 2 − (df / 2) log 2 − log Γ(df / 2), in nats, for z > 0 and −∞ below 0.
 *
 * - Shapes: batch is that of `df`; an event is one positive number.
 * - Gradient: pathwise, as that of the gamma law.
 * - Edges: a tensor of 0 or below gives NaN or infinities; small draws and values as for `gamma`.
 * - Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, chapter 18.
 *
 * @example
 * ```ts
 * chi2(2).logProb(tf.scalar(3)).dataSync()[0]; // -1.5 - Math.log(2)
 * ```
 */
export const chi2 = (df: TensorLike): Distribution<Positive, 'pathwise'> => {
  const nu = asTensor(df);
  const own = asGamma(nu);
  return {
    ...gamma(own.concentration, own.rate),
    family: chi2Family,
    parameters: { df: nu },
    arguments: argumentsOf('chi2', { df: [df, nu, positive] }),
    klTo: (p) => {
      const other = knownOf(p);
      return other && klGamma(own, other);
    },
    klFrom: (q) => {
      const other = knownOf(q);
      return other && klGamma(other, own);
    },
  };
};
