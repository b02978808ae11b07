/**
 * Values outside a support. A guide that covers its model may draw what the model excludes; such a
 * draw has weight 0. Families need not be asked about it: a Bernoulli is not cut off at 2, and the
 * logarithm of a negative number is NaN.
 */
import * as tf from '@tensorflow/tfjs';
import { type Support, type Tensor, choose, isWithin } from '../../../dsl/index.js';
import { expandTo } from '../../../dsl/tensors/tensor.js';

/** 1 for each entry that lies in a support, else 0; one whose entries do not tell holds all. */
const insideEach = (value: Tensor, { inside }: Support): Tensor =>
  inside ? inside(value) : tf.onesLike(value);

/** A value drawn from one support, its entries outside another replaced by some number of that. */
export const movedInside = (value: Tensor, from: Support, to: Support): Tensor =>
  isWithin(from, to) ? value : choose(insideEach(value, to), value, to.some(value.shape));

/** 0 where a value lies in a support and −∞ elsewhere. */
export const logInside = (value: Tensor, to: Support): Tensor => {
  const rank = to.eventRank;
  const each = insideEach(value, to);
  const axes = Array.from({ length: rank }, (_, i) => each.rank - rank + i);
  const all = rank === 0 ? each : tf.min(each, axes);
  return choose(all, tf.zerosLike(all), expandTo(tf.scalar(-Infinity), all.shape));
};
