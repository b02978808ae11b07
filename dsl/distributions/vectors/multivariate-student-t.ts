import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { digammaGap, logGammaRatio } from '../../numerics/gamma-ratio.js';
import { matVec, triangularLogDet, triangularSolve } from '../../numerics/linear-algebra.js';
import { HALF_LOG_TWO_PI, log1pSquares } from '../../numerics/special.js';
import {
  type ArrayOf,
  type Real,
  lowerCholesky,
  positive,
  real,
  realVector,
} from '../../supports/index.js';
import { choose, greater } from '../../tensors/comparison.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { gammaNoise, standardGamma } from '../positive/standard-gamma.js';
import { withLast } from './covariance.js';

type StudentVector = { readonly df: Tensor; readonly loc: Tensor; readonly scaleTril: Tensor };

export const multivariateStudentTFamily: Family<StudentVector> = {
  name: 'MultivariateStudentT',
  axes: { df: 0, loc: 1, scaleTril: 2 },
  of: ({ df, loc, scaleTril }) => multivariateStudentT(df, loc, scaleTril),
};

/**
 * The multivariate t distribution with `df` degrees of freedom: a normal vector with factor `scaleTril`, L, divided by
 * the square root of one gamma number with mean 1, and moved by `loc`.
 *
 * log p(z) = log Γ((ν + k) / 2) − log Γ(ν / 2) − k/2 log πν − Σ log diag L − ½ (ν + k) log(1 + |y|² / ν) with
 * y = L⁻¹ (z − loc), in nats.
 *
 * - Shapes: `df` is `[...]`, `loc` `[..., k]`, `scaleTril` `[..., k, k]`; batch is what is left of them, broadcast.
 * - Gradient: pathwise, z = loc + L ε √(ν / 2G) with ε normal and G a draw of Gamma(ν / 2, 1), which is smooth in ν.
 * - Edges: a tensor `df` of 0 or below gives NaN or infinities. About one draw in 7000 overflows at df 0.1, one in 10⁷
 *   at 0.2. The mean is NaN for df ≤ 1, the variance ∞ for df ≤ 2 and NaN for df ≤ 1.
 * - Source: Kotz and Nadarajah, Multivariate t Distributions and Their Applications, sections 1.1 and 1.9.
 *
 * @example
 * ```ts
 * const d = multivariateStudentT(1, [0, 0], [[1, 0], [0, 1]]);
 * d.logProb(tf.tensor1d([0, 0])).dataSync()[0]; // -Math.log(2 * Math.PI)
 * ```
 */
export const multivariateStudentT = (
  df: TensorLike,
  loc: TensorLike,
  scaleTril: TensorLike,
): Distribution<ArrayOf<Real>, 'pathwise'> => {
  const nu = asTensor(df);
  const m = asTensor(loc);
  const k = m.shape.at(-1);
  if (k === undefined) {
    throw new RangeError(
      'multivariateStudentT: expected loc to be a vector, but got a number; use studentT(df, loc, scale).',
    );
  }
  const l = withLast('multivariateStudentT', 'scaleTril', scaleTril, [k, k]);
  const half = tf.div(nu, 2);
  /** log of what makes it a density, without L: log Γ(x + k/2) − log Γ(x) − k/2 log x − k/2 log 2π. */
  const logConstant = (): Tensor => tf.sub(logGammaRatio(half, k / 2), k * HALF_LOG_TWO_PI);
  const ofEach = (x: Tensor): Tensor => tf.expandDims(x, -1);
  return distribution({
    family: multivariateStudentTFamily,
    parameters: { df: nu, loc: m, scaleTril: l },
    arguments: argumentsOf('multivariateStudentT', {
      df: [df, nu, positive],
      loc: [loc, m, real, 1],
      scaleTril: [scaleTril, l, lowerCholesky, 2],
    }),
    support: realVector,
    eventShape: [k],
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal', [k]), ...gammaNoise()],
      draw: ([e = tf.zeros([k]), ...blocks]) => {
        const { lifted, logRatio } = standardGamma(half, blocks);
        const spread = tf.mul(tf.sqrt(tf.div(half, lifted)), tf.exp(tf.mul(logRatio, -0.5)));
        return { value: tf.add(m, tf.mul(matVec(l, e), ofEach(spread))) };
      },
    },
    logProb: (value) => {
      const y = triangularSolve(l, tf.sub(value, m));
      const tail = tf.mul(tf.add(half, k / 2), log1pSquares(tf.div(y, ofEach(tf.sqrt(nu)))));
      return tf.sub(tf.sub(logConstant(), triangularLogDet(l)), tail);
    },
    mean: () => choose(greater(ofEach(nu), tf.scalar(1)), m, tf.scalar(Number.NaN)),
    variance: () => {
      const each = ofEach(nu);
      const finite = tf.mul(tf.sum(tf.square(l), -1), tf.div(each, tf.sub(each, 2)));
      const wide = choose(greater(each, tf.scalar(1)), tf.scalar(Infinity), tf.scalar(Number.NaN));
      return choose(greater(each, tf.scalar(2)), finite, wide);
    },
    entropy: () => {
      const slope = tf.mul(tf.add(half, k / 2), digammaGap(half, k / 2));
      return tf.add(tf.sub(slope, logConstant()), triangularLogDet(l));
    },
  });
};
