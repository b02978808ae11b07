/** What families on the unit interval share: the map that their draws are told by, and where float32 ends. */
import * as tf from '@tensorflow/tfjs';
import { sigmoidTo } from '../../supports/interval.js';
import { choose, greater, less } from '../../tensors/comparison.js';
import type { Tensor } from '../../tensors/tensor.js';
import { awayFromZero } from '../positive/half-line.js';

/** The map whose x a draw is told by: its logit. */
export const LOGIT = sigmoidTo(0, 1).name;

/** The largest float32 below 1. */
const BELOW_ONE = 1 - 2 ** -24;

/** z in [2⁻¹⁰⁰, 1 − 2⁻²⁴], without gradient where it was put there. */
export const insideUnit = (z: Tensor): Tensor =>
  awayFromZero(choose(greater(z, tf.scalar(BELOW_ONE)), tf.scalar(BELOW_ONE), z));

const outsideUnit = (value: Tensor): Tensor =>
  tf.add(less(value, tf.scalar(0)), greater(value, tf.scalar(1)));

/** A log density on the unit interval, −∞ outside. */
export const onUnit = (value: Tensor, logDensity: Tensor): Tensor =>
  choose(outsideUnit(value), tf.scalar(-Infinity), logDensity);

/** A distribution function on it, 0 below and 1 above. */
export const shareOfUnit = (value: Tensor, share: Tensor): Tensor =>
  choose(outsideUnit(value), greater(value, tf.scalar(1)), share);
