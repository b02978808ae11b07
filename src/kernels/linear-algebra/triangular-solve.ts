/** Systems of a lower-triangular matrix, or of its transpose, for each row of numbers beside it. */
import * as tf from '@tensorflow/tfjs';
import { TRIANGULAR_SOLVE } from '../../../dsl/numerics/factors.js';
import type { BatchRule, Kernel } from '../kernel.js';
import { hostOf } from '../host/host-of.js';

/** A matrix that all draws share is read once: their rows are joined. */
const batch: BatchRule = ({ at, isBatched, spread, value, size, again, attributes }) => {
  if (isBatched('l')) return again({ l: at('l'), b: spread('b') }, attributes);
  const b = at('b');
  const { shape } = value('b');
  const [m = 1, k = 1] = shape.slice(-2);
  const left = shape.slice(0, -2);
  const axes = left.map((_, i) => i);
  const inward = [...axes.map((i) => i + 1), 0, left.length + 1, left.length + 2];
  const outward = [left.length, ...axes, left.length + 1, left.length + 2];
  const joined = tf.reshape(tf.transpose(b, inward), [...left, size * m, k]);
  const [x = joined] = again({ l: at('l'), b: joined }, attributes);
  return tf.transpose(tf.reshape(x, [...left, size, m, k]), outward);
};

export const triangularSolve: Kernel = {
  ...hostOf(TRIANGULAR_SOLVE),
  canonical: ({ adjoint }) => ({ adjoint: adjoint === true }),
  shape: ({ b }) => b,
  batch,
  work: 'factor',
};
