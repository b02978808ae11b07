/**
 * Values outside a support. A guide that covers its model may draw what the model excludes; such a
 * draw has weight 0. Families need not be asked about it: a Bernoulli is not cut off at 2, and the
 * logarithm of a negative number is NaN.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type ScalarSupport,
  type Support,
  type Tensor,
  choose,
  greater,
  greaterEqual,
  isWithin,
} from '../../../dsl/index.js';
import { eventRank } from '../../../dsl/support.js';
import { expandTo } from '../../../dsl/tensors/tensor.js';

/** A bound that is NaN is computed: the family itself gives −∞ beyond it. */
const atLeast = (x: Tensor, low: number): Tensor =>
  Number.isNaN(low) ? tf.onesLike(x) : greaterEqual(x, tf.scalar(low));
const atMost = (x: Tensor, high: number): Tensor =>
  Number.isNaN(high) ? tf.onesLike(x) : greaterEqual(tf.scalar(high), x);

const insideScalar = (x: Tensor, support: ScalarSupport): Tensor => {
  switch (support.kind) {
    case 'real':
      return tf.onesLike(x);
    case 'nonnegative':
      return atLeast(x, 0);
    case 'positive':
      return greater(x, tf.scalar(0));
    case 'interval':
    case 'integers':
      return tf.mul(atLeast(x, support.low), atMost(x, support.high));
  }
};

/** 1 for each entry that lies in a support, else 0; a support of no single numbers holds all. */
const insideEach = (value: Tensor, support: Support): Tensor => {
  switch (support.kind) {
    case 'arrayOf':
      return insideScalar(value, support.base);
    case 'simplex':
    case 'oneHot':
    case 'lowerCholesky':
      return tf.onesLike(value);
    case 'real':
    case 'nonnegative':
    case 'positive':
    case 'interval':
    case 'integers':
      return insideScalar(value, support);
  }
};

/** A number of a support. */
const someOf = (support: Support): number => {
  switch (support.kind) {
    case 'arrayOf':
      return someOf(support.base);
    case 'nonnegative':
    case 'positive':
    case 'real':
    case 'simplex':
    case 'oneHot':
    case 'lowerCholesky':
      return 1;
    case 'integers':
      return Number.isNaN(support.low) ? 0 : support.low;
    case 'interval': {
      const { low, high } = support;
      if (Number.isFinite(low + high)) return (low + high) / 2;
      return Number.isFinite(low) ? low + 1 : Number.isFinite(high) ? high - 1 : 0;
    }
  }
};

/** A value drawn from one support, its entries outside another replaced by some number of that. */
export const movedInside = (value: Tensor, from: Support, to: Support): Tensor =>
  isWithin(from, to)
    ? value
    : choose(insideEach(value, to), value, tf.fill(value.shape, someOf(to)));

/** 0 where a value lies in a support and −∞ elsewhere. */
export const logInside = (value: Tensor, to: Support): Tensor => {
  const rank = eventRank(to);
  const each = insideEach(value, to);
  const axes = Array.from({ length: rank }, (_, i) => each.rank - rank + i);
  const all = rank === 0 ? each : tf.min(each, axes);
  return choose(all, tf.zerosLike(all), expandTo(tf.scalar(-Infinity), all.shape));
};
