import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import type { Domain } from '../../checks/domain.js';
import { klOfClasses } from '../../divergences/discrete.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { logOneMinusExp, logSigmoid } from '../../numerics/special.js';
import { type Integers, integers, real } from '../../supports/index.js';
import { equal, greaterEqual } from '../../tensors/comparison.js';
import { along, initAlong, tailAlong } from '../../tensors/along.js';
import { broadcastAll, dropLast } from '../../tensors/shape.js';
import { type Tensor, type TensorLike, asTensor, expandTo } from '../../tensors/tensor.js';
import { categorical, categoricalFamily } from './categorical.js';

type OrderedLogisticParameters = { readonly predictor: Tensor; readonly cutpoints: Tensor };

export const orderedLogisticFamily: Family<OrderedLogisticParameters> = {
  name: 'OrderedLogistic',
  axes: { predictor: 0, cutpoints: 1 },
  of: ({ predictor, cutpoints }) => orderedLogistic(predictor, cutpoints),
};

interface Classes {
  readonly cuts: Tensor;
  readonly logits: Tensor;
}

/** Numbers along the last axis that rise. */
const rising: Domain = {
  words: 'finite and increasing',
  cure: 'sort them, or sum positive steps by tf.cumsum',
  rank: 1,
  entry: Number.isFinite,
  together: (entries) => {
    const steps = entries.slice(1).map((x, i) => x - (entries[i] ?? Number.NaN));
    const value = steps.find((step) => !(step > 0));
    return value === undefined ? undefined : { value, of: 'a step of' };
  },
};

/**
 * log(σ(b) − σ(a)) of cutpoints a < b that are neighbours, and of the first and last with what lies beyond:
 * log σ(b) + log σ(−a) + log(1 − e^(a − b)), in which nothing cancels.
 */
const classLogs = (cuts: Tensor, steps: Tensor): Tensor => {
  const inner = steps.shape[steps.rank - 1] ?? 0;
  const below = logSigmoid(cuts);
  const above = logSigmoid(tf.neg(cuts));
  const first = along(below, -1, 0, 1);
  const last = along(above, -1, inner, 1);
  if (inner === 0) return tf.concat([first, last], -1);
  const reached = tf.add(along(below, -1, 1, inner), along(above, -1, 0, inner));
  return tf.concat([first, tf.add(reached, logOneMinusExp(steps)), last], -1);
};

/** The cutpoints as the predictor sees them, `[..., K]`, and log p of each class, `[..., K + 1]`. */
const classesOf = ({ predictor, cutpoints }: OrderedLogisticParameters): Classes => {
  const count = cutpoints.shape[cutpoints.rank - 1] ?? 0;
  const batchShape = broadcastAll('orderedLogistic(predictor, cutpoints)', [
    predictor.shape,
    dropLast(cutpoints.shape, 1),
  ]);
  const cuts = expandTo(tf.sub(cutpoints, tf.expandDims(predictor, -1)), [...batchShape, count]);
  // Of the cutpoints themselves: what the predictor was taken from is rounded.
  const gaps = tf.sub(tailAlong(cutpoints, -1), initAlong(cutpoints, -1));
  return { cuts, logits: classLogs(cuts, expandTo(gaps, [...batchShape, count - 1])) };
};

/**
 * The ordered logistic distribution over the classes 0 to K: a logistic number about `predictor` is seen as how many of
 * K `cutpoints` it lies above. The likelihood of ordinal regression: grades, ratings, stages.
 *
 * log p(z) = log(σ(c_z − η) − σ(c_{z − 1} − η)), in nats, with η for `predictor`, c for `cutpoints`, c_{−1} = −∞ and
 * c_K = ∞; −∞ for anything but 0, 1, …, K. Evaluated without the difference, so that classes far out in a tail keep
 * their digits.
 *
 * - Shapes: `cutpoints` are `[..., K]`, batch is `predictor` and what is left of K broadcast; an event is one number.
 * - Gradient: `enumerable`: none through the draw; all K + 1 values can be summed over.
 * - Edges: tensors of cutpoints that do not increase give NaN or −∞.
 * - Errors: cutpoints that are a single number, and numbers that do not increase, are a `RangeError`.
 * - Source: McCullagh, Regression Models for Ordinal Data, 1980, doi:10.1111/j.2517-6161.1980.tb01109.x.
 *
 * @example
 * ```ts
 * const grade = orderedLogistic(0, [-Math.log(3), 0]);
 * tf.exp(grade.logProb(tf.tensor1d([0, 1, 2]))).arraySync(); // [0.25, 0.25, 0.5]
 * grade.cdf?.(tf.scalar(1)).dataSync()[0]; // 0.5
 * ```
 */
export const orderedLogistic = (
  predictor: TensorLike,
  cutpoints: TensorLike,
): Distribution<Integers<0, number>, 'enumerable'> => {
  const eta = asTensor(predictor);
  const c = asTensor(cutpoints);
  const count = c.shape[c.rank - 1];
  if (count === undefined || count === 0) {
    throw new RangeError(
      `orderedLogistic: expected cutpoints along the last axis, but got ${
        count === 0 ? 'none' : 'a single number'
      }; give a vector of one fewer than there are classes.`,
    );
  }
  const given = { predictor: eta, cutpoints: c };
  const { cuts, logits } = classesOf(given);
  const classes = categorical({ logits });
  return distribution({
    family: orderedLogisticFamily,
    parameters: given,
    arguments: argumentsOf('orderedLogistic', {
      predictor: [predictor, eta, real],
      cutpoints: [cutpoints, c, rising, 1],
    }),
    support: integers(0, count),
    sampler: classes.sampler,
    logProb: (value) => classes.logProb(value),
    ...(classes.mean && { mean: classes.mean }),
    ...(classes.variance && { variance: classes.variance }),
    ...(classes.entropy && { entropy: classes.entropy }),
    cdf: (value) => {
      const at = tf.floor(tf.expandDims(value, -1));
      const chosen = equal(at, tf.range(0, count));
      const share = tf.sum(tf.mul(chosen, tf.sigmoid(cuts)), -1);
      return tf.add(share, greaterEqual(value, tf.scalar(count)));
    },
    klTo: (p) => {
      if (isOf(p, categoricalFamily)) return klOfClasses({ logits }, p.parameters);
      return isOf(p, orderedLogisticFamily)
        ? klOfClasses({ logits }, { logits: classesOf(p.parameters).logits })
        : undefined;
    },
    klFrom: (q) => (isOf(q, categoricalFamily) ? klOfClasses(q.parameters, { logits }) : undefined),
  });
};
