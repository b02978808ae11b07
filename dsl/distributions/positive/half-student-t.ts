import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { type Positive, positive } from '../../supports/index.js';
import { choose, greater } from '../../tensors/comparison.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { atLeast, onHalfLine, shareOfHalfLine } from './half-line.js';
import {
  logNormaliser,
  studentTWithin,
  studentTWithinQuantile,
} from '../../numerics/shares/student-t-function.js';
import { studentT } from '../real-line/student-t.js';

type HalfStudentTParameters = { readonly df: Tensor; readonly scale: Tensor };

export const halfStudentTFamily: Family<HalfStudentTParameters> = {
  name: 'HalfStudentT',
  axes: { df: 0, scale: 0 },
  of: ({ df, scale }) => halfStudentT(df, scale),
};

/**
 * The half-Student distribution: |x| for x of Student's t law with `df` degrees of freedom around 0, a prior for
 * scales between the half-Cauchy law, at `df` 1, and the half-normal one.
 *
 * log p(z) is that of Student's t law, and log 2, in nats, for z ≥ 0 and −∞ below.
 *
 * - Shapes: batch is `df` and `scale` broadcast; an event is one positive number.
 * - Gradient: pathwise, through the draw of Student's t law.
 * - Edges: tensors of 0 or below give NaN or infinities. The mean is ∞ for df ≤ 1 and the variance for df ≤ 2.
 *   Second derivatives of `cdf` and `icdf` in df are NaN.
 * - Source: Gelman, Prior distributions for variance parameters in hierarchical models, doi:10.1214/06-BA117A.
 *
 * @example
 * ```ts
 * halfStudentT(1, 5).logProb(tf.scalar(5)).dataSync()[0]; // -Math.log(5 * Math.PI)
 * halfStudentT(1, 5).cdf?.(tf.scalar(5)).dataSync()[0]; // 0.5
 * ```
 */
export const halfStudentT = (
  df: TensorLike,
  scale: TensorLike,
): Distribution<Positive, 'pathwise'> => {
  const nu = asTensor(df);
  const s = asTensor(scale);
  const whole = studentT(nu, 0, s);
  /** 2 √(ν / π) Γ((ν + 1) / 2) / (Γ(ν / 2) (ν − 1)), the mean where the scale is 1. */
  const unitMean = (): Tensor => {
    const density = tf.exp(logNormaliser(tf.div(nu, 2)));
    return tf.div(tf.mul(tf.mul(nu, 2), density), tf.sub(nu, 1));
  };
  const above = (least: number, moment: Tensor): Tensor =>
    choose(greater(nu, tf.scalar(least)), moment, tf.scalar(Infinity));
  return distribution({
    family: halfStudentTFamily,
    parameters: { df: nu, scale: s },
    arguments: argumentsOf('halfStudentT', {
      df: [df, nu, positive],
      scale: [scale, s, positive],
    }),
    support: positive,
    sampler: {
      gradient: 'pathwise',
      noise: whole.sampler.noise,
      draw: (noise) => ({ value: tf.abs(whole.sampler.draw(noise).value) }),
    },
    logProb: (value) => onHalfLine(value, tf.add(whole.logProb(value), Math.LN2)),
    mean: () => above(1, tf.mul(s, unitMean())),
    variance: () => {
      const square = tf.sub(tf.div(nu, tf.sub(nu, 2)), tf.square(unitMean()));
      return above(2, tf.mul(tf.square(s), square));
    },
    entropy: () => tf.sub(whole.entropy?.() ?? tf.scalar(Number.NaN), Math.LN2),
    cdf: (value) => shareOfHalfLine(value, studentTWithin(tf.div(atLeast(value, 0), s), nu)),
    icdf: (u) => tf.mul(s, studentTWithinQuantile(u, nu)),
  });
};
