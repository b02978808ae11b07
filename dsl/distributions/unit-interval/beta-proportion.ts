import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { type Interval, positive, unitInterval } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { beta } from './beta.js';

type BetaProportionParameters = { readonly mean: Tensor; readonly concentration: Tensor };

export const betaProportionFamily: Family<BetaProportionParameters> = {
  name: 'BetaProportion',
  axes: { mean: 0, concentration: 0 },
  of: ({ mean, concentration }) => betaProportion(mean, concentration),
};

const betaOf = ({ mean, concentration }: BetaProportionParameters) =>
  beta(tf.mul(mean, concentration), tf.mul(tf.sub(1, mean), concentration));

/**
 * The beta distribution by its mean and how concentrated it is about it: `beta(mean κ, (1 − mean) κ)` with κ for
 * `concentration`. The likelihood of regressions of shares.
 *
 * log p(z) = (mean κ − 1) log z + ((1 − mean) κ − 1) log(1 − z) − log B(mean κ, (1 − mean) κ), in nats.
 *
 * - Shapes: batch is `mean` and `concentration` broadcast; an event is one number between 0 and 1.
 * - Gradient: pathwise, as that of the beta law, whose edges it has.
 * - Edges: the variance is mean (1 − mean) / (1 + κ).
 * - Source: Ferrari and Cribari-Neto, Beta Regression for Modelling Rates and Proportions, 2004,
 *   doi:10.1080/0266476042000214501.
 *
 * @example
 * ```ts
 * betaProportion(0.25, 4).logProb(tf.scalar(0.5)).dataSync()[0]; // Math.log(0.75)
 * ```
 */
export const betaProportion = (
  mean: TensorLike,
  concentration: TensorLike,
): Distribution<Interval<0, 1>, 'pathwise'> => {
  const [m, k] = [asTensor(mean), asTensor(concentration)];
  const own = betaOf({ mean: m, concentration: k });
  return {
    ...own,
    family: betaProportionFamily,
    parameters: { mean: m, concentration: k },
    arguments: argumentsOf('betaProportion', {
      mean: [mean, m, unitInterval],
      concentration: [concentration, k, positive],
    }),
    klTo: (p) => own.klTo?.(isOf(p, betaProportionFamily) ? betaOf(p.parameters) : p),
    klFrom: (q) => q.klTo?.(own),
  };
};
