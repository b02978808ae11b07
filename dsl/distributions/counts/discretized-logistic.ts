import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import type { LocationScale } from '../../divergences/gaussian.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { logOneMinusExp, logSigmoid, logit } from '../../numerics/special.js';
import { demand } from '../../refusals/options.js';
import { type Integers, integers, positive, real } from '../../supports/index.js';
import { choose, equal, greater, greaterEqual, less } from '../../tensors/comparison.js';
import { withoutGradient } from '../../tensors/gradient.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { MOST_VALUES } from './listed.js';

type DiscretizedLogisticParameters = LocationScale & {
  readonly low: Tensor;
  readonly high: Tensor;
};

export const discretizedLogisticFamily: Family<DiscretizedLogisticParameters> = {
  name: 'DiscretizedLogistic',
  axes: { loc: 0, scale: 0, low: 0, high: 0 },
};

/**
 * The discretised logistic distribution over the whole numbers from `low` to `high`: a logistic law rounded to the nearest
 * of them, what lies beyond either end put on it. A likelihood of pixels, from 0 to 255; mixtures of them by `mixture`.
 *
 * log p(k) = log(σ((k + ½ − loc) / scale) − σ((k − ½ − loc) / scale)), in nats, with −∞ for `low` − ½ and ∞ for
 * `high` + ½, and −∞ outside; as log σ(b) + log σ(−a) + log(1 − e^(a − b)) for these ends a and b, where nothing cancels.
 *
 * - Shapes: batch is `loc` and `scale` broadcast; an event is one whole number.
 * - Gradient: `enumerable`: none through the draw; its values can be summed over.
 * - Edges: a tensor `scale` of 0 or below gives NaN or infinities. `loc` and `scale` are in units of the values.
 * - Errors: bounds that are no whole numbers with low < high, at most 4096 of them, are a `RangeError`.
 * - Source: Salimans et al., PixelCNN++, 2017, section 2.1, arXiv:1701.05517.
 *
 * @example
 * ```ts
 * const d = discretizedLogistic(1, 0.5, 0, 2);
 * d.logProb(tf.scalar(1)).dataSync()[0]; // Math.log((Math.E - 1) / (Math.E + 1))
 * d.cdf?.(tf.scalar(0)).dataSync()[0]; // 1 / (1 + Math.E)
 * const pixels = discretizedLogistic([40, 200], [8, 20], 0, 255);
 * mixture(categorical({ probs: [0.25, 0.75] }), pixels).logProb(tf.scalar(190)).dataSync()[0]; // -4.731611
 * ```
 */
export const discretizedLogistic = <const L extends number, const H extends number>(
  loc: TensorLike,
  scale: TensorLike,
  low: L,
  high: H,
): Distribution<Integers<L, H>, 'enumerable'> => {
  demand(
    Number.isInteger(low) && Number.isInteger(high) && high > low && high - low < MOST_VALUES,
    'discretizedLogistic',
    `whole numbers low < high, at most ${MOST_VALUES} from one to the other`,
    `${low} and ${high}`,
    'take 0 and 255, say, or a logistic law for finer numbers',
  );
  const [m, s] = [asTensor(loc), asTensor(scale)];
  const count = high - low + 1;
  const values = (): Tensor => tf.range(low, high + 1);
  const end = (k: Tensor, by: number): Tensor => tf.div(tf.sub(tf.add(k, by), m), s);
  const logProb = (k: Tensor): Tensor => {
    const below = choose(equal(k, tf.scalar(high)), tf.scalar(0), logSigmoid(end(k, 0.5)));
    const above = choose(equal(k, tf.scalar(low)), tf.scalar(0), logSigmoid(tf.neg(end(k, -0.5))));
    const isEnd = tf.add(equal(k, tf.scalar(low)), equal(k, tf.scalar(high)));
    const width = choose(isEnd, tf.scalar(0), logOneMinusExp(tf.reciprocal(s)));
    return tf.add(tf.add(below, above), width);
  };
  const outside = (k: Tensor): Tensor =>
    tf.add(less(k, tf.scalar(low)), greater(k, tf.scalar(high)));
  const sound = (k: Tensor): Tensor => choose(outside(k), tf.scalar(low), k);
  /** Sums over all values, laid out before the batch. */
  const summed = (f: (k: Tensor, p: Tensor, log: Tensor) => Tensor): Tensor => {
    const rank = Math.max(m.rank, s.rank);
    const k = tf.reshape(values(), [count, ...Array.from({ length: rank }, () => 1)]);
    const log = logProb(k);
    return tf.sum(f(k, tf.exp(log), log), 0);
  };
  const share = (k: Tensor): Tensor => {
    const within = tf.sigmoid(end(sound(k), 0.5));
    const isAll = greater(k, tf.scalar(high - 0.5));
    return choose(less(k, tf.scalar(low)), tf.scalar(0), choose(isAll, tf.scalar(1), within));
  };
  const mean = (): Tensor => summed((k, p) => tf.mul(p, k));
  const clipped = (x: Tensor): Tensor => tf.clipByValue(x, low, high);
  return distribution({
    family: discretizedLogisticFamily,
    parameters: { loc: m, scale: s, low: tf.scalar(low), high: tf.scalar(high) },
    arguments: argumentsOf('discretizedLogistic', {
      loc: [loc, m, real],
      scale: [scale, s, positive],
    }),
    support: integers(low, high),
    sampler: {
      gradient: 'enumerable',
      noise: [baseNoise('gumbel'), baseNoise('gumbel')],
      draw: ([up = tf.scalar(0), down = tf.scalar(0)]) => ({
        value: withoutGradient([tf.add(m, tf.mul(s, tf.sub(up, down)))], ([x = m]) =>
          clipped(tf.floor(tf.add(x, 0.5))),
        ),
      }),
      enumeration: { count, values },
    },
    logProb: (value) => choose(outside(value), tf.scalar(-Infinity), logProb(sound(value))),
    mean,
    variance: () => {
      const centre = mean();
      return summed((k, p) => tf.mul(p, tf.square(tf.sub(k, centre))));
    },
    entropy: () => tf.neg(summed((_, p, log) => tf.mul(p, log))),
    cdf: (value) => share(tf.floor(value)),
    icdf: (u) => {
      const found = withoutGradient([u, m, s], ([v = u, centre = m, width = s]) => {
        const x = tf.add(centre, tf.mul(width, logit(v)));
        return clipped(tf.ceil(tf.sub(x, 0.5)));
      });
      // Rounding may have taken it one too far.
      const before = tf.maximum(tf.sub(found, 1), low);
      const isBefore = tf.mul(greaterEqual(share(before), u), less(u, tf.scalar(1)));
      return choose(isBefore, before, found);
    },
  });
};
