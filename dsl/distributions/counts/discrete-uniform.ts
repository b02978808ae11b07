import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import type { Domain } from '../../checks/domain.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { wholeDraw } from '../../numerics/count-quantile.js';
import { type Integers, integers } from '../../supports/index.js';
import { choose, greater, greaterEqual, less } from '../../tensors/comparison.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { type Bound, boundOf } from '../real-line/uniform.js';
import { MOST } from './domains.js';
import { MOST_VALUES } from './listed.js';

type DiscreteUniformParameters = { readonly low: Tensor; readonly high: Tensor };

export const discreteUniformFamily: Family<DiscreteUniformParameters> = {
  name: 'DiscreteUniform',
  axes: { low: 0, high: 0 },
  of: ({ low, high }) => discreteUniform(low, high),
};

const end: Domain = {
  words: `a whole number from -${MOST} to ${MOST}`,
  cure: 'round it, or take a uniform law for numbers between',
  rank: 0,
  entry: (x) => Number.isInteger(x) && Math.abs(x) <= MOST,
};

const width: Domain = {
  words: 'at least 0',
  cure: 'swap the bounds',
  rank: 0,
  entry: (x) => x >= 0,
};

/** Whole numbers between two numbers can be summed over. */
type EndsGradient<L, H> = L extends number ? (H extends number ? 'enumerable' : 'score') : 'score';

function gradientOf<L extends TensorLike, H extends TensorLike>(
  low: L,
  high: H,
): EndsGradient<L, H>;
function gradientOf(low: TensorLike, high: TensorLike): 'enumerable' | 'score' {
  return typeof low === 'number' && typeof high === 'number' ? 'enumerable' : 'score';
}

/**
 * The uniform distribution on the whole numbers from `low` to `high`, both included.
 *
 * log p(k) = −log(high − low + 1) for each of them, in nats, and −∞ outside.
 *
 * - Shapes: batch is `low` and `high` broadcast; an event is one whole number.
 * - Gradient: `enumerable` where both are numbers, as its values can be summed over (up to 4096 of them), else `score`;
 *   none through the draw, nor by the bounds, which are whole.
 * - Edges: bounds from −2²² to 2²². Tensors with high < low give NaN.
 * - Errors: other bounds, and numbers with high < low, are a `RangeError`.
 *
 * @example
 * ```ts
 * discreteUniform(1, 6).logProb(tf.scalar(2)).dataSync()[0]; // -Math.log(6)
 * discreteUniform(1, 6).cdf?.(tf.scalar(2)).dataSync()[0]; // 1 / 3
 * ```
 */
export const discreteUniform = <const L extends TensorLike, const H extends TensorLike>(
  low: L,
  high: H,
): Distribution<Integers<Bound<L>, Bound<H>>, EndsGradient<L, H>> => {
  const a = asTensor(low);
  const b = asTensor(high);
  const span = tf.sub(b, a);
  const count = tf.add(span, 1);
  const known = typeof low === 'number' && typeof high === 'number' ? high - low : undefined;
  const inside = (value: Tensor): Tensor => tf.mul(greaterEqual(value, a), greaterEqual(b, value));
  const draw = ([u = tf.scalar(0), v = tf.scalar(0)]: readonly Tensor[]) => ({
    value: tf.add(a, wholeDraw(u, v, count)),
  });
  return distribution({
    family: discreteUniformFamily,
    parameters: { low: a, high: b },
    arguments: argumentsOf('discreteUniform', {
      low: [low, a, end],
      high: [high, b, end],
      'high - low': [known ?? span, span, width],
    }),
    support: integers(boundOf(low), boundOf(high)),
    sampler: {
      gradient: gradientOf(low, high),
      noise: [baseNoise('uniform'), baseNoise('uniform')],
      draw,
      ...(known !== undefined &&
        known < MOST_VALUES && {
          enumeration: { count: known + 1, values: () => tf.add(a, tf.range(0, known + 1)) },
        }),
    },
    logProb: (value) => choose(inside(value), tf.neg(tf.log(count)), tf.scalar(-Infinity)),
    mean: () => tf.div(tf.add(a, b), 2),
    variance: () => tf.div(tf.mul(span, tf.add(span, 2)), 12),
    entropy: () => tf.log(count),
    cdf: (value) => tf.clipByValue(tf.div(tf.add(tf.sub(tf.floor(value), a), 1), count), 0, 1),
    icdf: (u) => {
      const steps = tf.sub(tf.ceil(tf.mul(u, count)), 1);
      return tf.add(a, tf.minimum(tf.maximum(steps, 0), span));
    },
    klTo: (p) => {
      if (!isOf(p, discreteUniformFamily)) return undefined;
      const { low: from, high: to } = p.parameters;
      const wider = tf.log(tf.div(tf.add(tf.sub(to, from), 1), count));
      return choose(tf.add(less(a, from), greater(b, to)), tf.scalar(Infinity), wider);
    },
  });
};
