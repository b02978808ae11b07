import * as tf from '@tensorflow/tfjs';
import { choose, greater } from '../../tensors/comparison.js';
import { argumentsOf } from '../../checks/argument.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { binetSlope } from '../../numerics/gamma-function.js';
import { baseNoise } from '../../tensors/noise.js';
import { log1pSquare } from '../../numerics/special.js';
import {
  logNormaliser,
  studentTCdf,
  studentTLogCdf,
  studentTQuantile,
  studentTQuantileOfLog,
} from '../../numerics/shares/student-t-function.js';
import { type Real, real, positive } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { gammaNoise, standardGamma } from '../positive/standard-gamma.js';

type StudentTParameters = { readonly df: Tensor; readonly loc: Tensor; readonly scale: Tensor };

export const studentTFamily: Family<StudentTParameters> = {
  name: 'StudentT',
  axes: { df: 0, loc: 0, scale: 0 },
  of: ({ df, loc, scale }) => studentT(df, loc, scale),
};

/** (x + ½)(ψ(x + ½) − ψ(x)), likewise. */
const normaliserSlope = (x: Tensor): Tensor => {
  const above = tf.add(x, 0.5);
  const bulk = tf.add(tf.mul(above, tf.log1p(tf.div(0.5, x))), tf.div(0.25, x));
  return tf.add(bulk, tf.mul(above, tf.sub(binetSlope(above), binetSlope(x))));
};

/**
 * Student's t distribution with `df` degrees of freedom, moved by `loc` and stretched by `scale`.
 *
 * log p(z) = log Γ((ν + 1) / 2) − log Γ(ν / 2) − ½ log πν − log scale
 * − ½ (ν + 1) log(1 + y² / ν) with y = (z − loc) / scale, in nats.
 *
 * - Shapes: batch is the three parameters broadcast; an event is one number.
 * - Gradient: pathwise, z = loc + scale ε √(ν / 2G) with ε normal and G a draw of Gamma(ν / 2, 1),
 *   which is smooth in ν.
 * - Edges: tensors `df` and `scale` of 0 or below give NaN or infinities. About one draw in 7000
 *   overflows at df 0.1, one in 10⁷ at 0.2. The mean is NaN for df ≤ 1, the variance ∞ for df ≤ 2 and
 *   NaN for df ≤ 1. `scale` is not the standard deviation, which is √(df / (df − 2)) times it.
 *   Second derivatives of `cdf` and `icdf` in df are NaN.
 * - Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2, chapter 28.
 *
 * @example
 * ```ts
 * studentT(1, 0, 1).logProb(tf.scalar(0)).dataSync()[0]; // -Math.log(Math.PI)
 * studentT(1, 0, 1).cdf?.(tf.scalar(1)).dataSync()[0]; // 0.75
 * ```
 */
export const studentT = (
  df: TensorLike,
  loc: TensorLike,
  scale: TensorLike,
): Distribution<Real, 'pathwise'> => {
  const nu = asTensor(df);
  const m = asTensor(loc);
  const s = asTensor(scale);
  const half = tf.div(nu, 2);
  return distribution({
    family: studentTFamily,
    parameters: { df: nu, loc: m, scale: s },
    arguments: argumentsOf('studentT', {
      df: [df, nu, positive],
      loc: [loc, m, real],
      scale: [scale, s, positive],
    }),
    support: real,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal'), ...gammaNoise()],
      draw: ([e = tf.scalar(0), ...blocks]) => {
        const { lifted, logRatio } = standardGamma(half, blocks);
        const spread = tf.mul(tf.sqrt(tf.div(half, lifted)), tf.exp(tf.mul(logRatio, -0.5)));
        return { value: tf.add(m, tf.mul(s, tf.mul(e, spread))) };
      },
    },
    logProb: (value) => {
      const far = tf.div(tf.sub(value, m), tf.mul(s, tf.sqrt(nu)));
      const tail = tf.mul(tf.add(half, 0.5), log1pSquare(far));
      return tf.sub(tf.sub(logNormaliser(half), tf.log(s)), tail);
    },
    mean: () => choose(greater(nu, tf.scalar(1)), m, tf.scalar(Number.NaN)),
    variance: () => {
      const finite = tf.mul(tf.square(s), tf.div(nu, tf.sub(nu, 2)));
      const wide = choose(greater(nu, tf.scalar(1)), tf.scalar(Infinity), tf.scalar(Number.NaN));
      return choose(greater(nu, tf.scalar(2)), finite, wide);
    },
    entropy: () => tf.add(tf.sub(normaliserSlope(half), logNormaliser(half)), tf.log(s)),
    cdf: (value) => studentTCdf(tf.div(tf.sub(value, m), s), nu),
    logCdf: (value) => studentTLogCdf(tf.div(tf.sub(value, m), s), nu),
    logSurvival: (value) => studentTLogCdf(tf.div(tf.sub(m, value), s), nu),
    inverseLogCdf: (log) => tf.add(m, tf.mul(s, studentTQuantileOfLog(log, nu))),
    inverseLogSurvival: (log) => tf.sub(m, tf.mul(s, studentTQuantileOfLog(log, nu))),
    icdf: (u) => tf.add(m, tf.mul(s, studentTQuantile(u, nu))),
  });
};
