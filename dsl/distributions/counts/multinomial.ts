import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Odds, klOfClasses } from '../../divergences/discrete.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { multinomialDraw } from '../../numerics/count-quantile.js';
import { type CountVectors, countVectors } from '../../supports/index.js';
import { isCountVectors } from '../../supports/count-vectors.js';
import { equal, greater } from '../../tensors/comparison.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { type CategoricalParameters, classLogits } from '../classes/class-logits.js';
import { type Bound, boundOf } from '../real-line/uniform.js';
import { trials } from './domains.js';
import { type CountGradient, listedVectors } from './listed.js';
import { logMultinomial, onCounts, soundVector } from './log-mass.js';

type MultinomialParameters = Odds & { readonly totalCount: Tensor };

export const multinomialFamily: Family<MultinomialParameters> = {
  name: 'Multinomial',
  axes: { totalCount: 0, logits: 1, probs: 1 },
  of: ({ totalCount, logits, probs }) => multinomial(totalCount, probs ? { probs } : { logits }),
};

/**
 * The multinomial distribution: how many of `totalCount` things fall into each of K classes, with chances `probs`.
 *
 * log p(k) = log n! − Σ log kᵢ! + Σ kᵢ log pᵢ, in nats, for counts that sum to n, and −∞ for any others. Evaluated
 * as deviances of kᵢ from n pᵢ, which do not cancel for large counts.
 *
 * - Shapes: the chances are `[..., K]`, batch is `totalCount` and what is left of K broadcast; an event is K whole
 *   numbers.
 * - Gradient: `enumerable` where `totalCount` is a number, as its values can be summed over (up to 4096 of them), else
 *   `score`; none through the draw: each class takes the binomial quantile of what those before have left, found by a
 *   search in double precision.
 * - Edges: a class with probability 0 has no counts, else log p is −∞. Counts up to 2²².
 * - Errors: a `totalCount` of numbers that are no whole ones from 0 to 2²² is a `RangeError`.
 * - Source: Loader, Fast and Accurate Computation of Binomial Probabilities, 2000; draws by Devroye, Non-Uniform
 *   Random Variate Generation, section 11.3.
 *
 * @example
 * ```ts
 * const votes = multinomial(3, { probs: [1, 1, 2] });
 * votes.logProb(tf.tensor1d([1, 0, 2])).dataSync()[0]; // Math.log(3 / 16)
 * votes.mean?.().arraySync(); // [0.75, 0.75, 1.5]
 * ```
 */
export const multinomial = <const N extends TensorLike>(
  totalCount: N,
  parameters: CategoricalParameters,
): Distribution<CountVectors<Bound<N>>, CountGradient<N>> => {
  const n = asTensor(totalCount);
  const {
    logits,
    classes,
    arguments: given,
    probs: stated,
  } = classLogits('multinomial', parameters);
  const chances = { logits, ...(stated && { probs: stated }) };
  const total = boundOf(totalCount);
  const all = tf.expandDims(n, -1);
  const probs = (): Tensor => stated ?? tf.exp(logits);
  const means = (): Tensor => tf.mul(all, probs());
  const draw = ([e = tf.zeros([classes])]: readonly Tensor[]) => ({
    value: multinomialDraw(e, all, logits),
  });
  return distribution({
    family: multinomialFamily,
    parameters: { totalCount: n, ...chances },
    arguments: [...argumentsOf('multinomial', { totalCount: [totalCount, n, trials] }), ...given],
    support: countVectors(total),
    eventShape: [classes],
    sampler: {
      ...listedVectors(totalCount, classes),
      noise: [baseNoise('normal', [classes])],
      draw,
    },
    logProb: (value) => {
      const { sound, outside } = soundVector(value, n);
      const none = tf.mul(equal(probs(), tf.scalar(0)), greater(sound, tf.scalar(0)));
      const impossible = tf.maximum(outside, tf.max(none, -1));
      return onCounts(impossible, logMultinomial(sound, n, means()));
    },
    mean: means,
    variance: () => tf.mul(means(), tf.sub(1, probs())),
    // Totals that are tensors may differ.
    klTo: (p) => {
      if (!isOf(p, multinomialFamily)) return undefined;
      if (!isCountVectors(p.support) || p.support.total !== total) return undefined;
      const each = klOfClasses(chances, p.parameters);
      return each && tf.mul(n, each);
    },
  });
};
