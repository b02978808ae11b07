import * as tf from '@tensorflow/tfjs';
import { closedInterval } from '../../checks/domain.js';
import { anything, checkOptions, demand } from '../../refusals/options.js';
import { type Given, argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { type Gaussian, denseOf, klDense, klToDiagonal } from '../../divergences/gaussian.js';
import { distribution } from '../../law/leaf.js';
import { imageUnder } from '../../law/preimage.js';
import {
  cholesky,
  diagonal,
  diagonalMatrix,
  matVec,
  strictlyLower,
  triangularLogDet,
  triangularSolve,
} from '../../numerics/linear-algebra.js';
import { swapped } from '../../numerics/factors.js';
import { flattened } from '../../tensors/nested.js';
import { type Shape, baseNoise } from '../../tensors/noise.js';
import { sameShape, showShape } from '../../tensors/shape.js';
import { HALF_LOG_TWO_PI } from '../../numerics/special.js';
import { type ArrayOf, type Real, lowerCholesky, real, realVector } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { diagonalNormal } from '../real-line/normal.js';

export const multivariateNormalFamily: Family<Gaussian> = {
  name: 'MultivariateNormal',
  axes: { loc: 1, scaleTril: 2 },
  of: ({ loc, scaleTril }) => multivariateNormal(loc, { scaleTril }),
};

/** The location and factor of a normal vector, of independent entries or not. */
export const gaussianOf = (d: Distribution): Gaussian | undefined => {
  if (isOf(d, multivariateNormalFamily)) return d.parameters;
  const independent = diagonalNormal(d);
  return independent && denseOf(independent);
};

/** One of the ways to give the covariance Σ = L Lᵀ of a multivariate normal. */
export type Covariance =
  /** L itself, lower triangular with positive diagonal, `[..., k, k]`. */
  | { readonly scaleTril: TensorLike }
  /** Σ, symmetric positive definite, `[..., k, k]`. */
  | { readonly covariance: TensorLike }
  /** What a network puts out: log of L's diagonal `[..., k]`, and L's strictly lower entries, row by row, `[..., k(k−1)/2]`. */
  | { readonly logScale: TensorLike; readonly lower: TensorLike };

interface Factor {
  readonly given: Readonly<Record<string, Given>>;
  readonly scaleTril: Tensor;
  readonly logDet: Tensor;
}

/** A parameter whose last axes are as given; anything else would broadcast without a word. */
const withLast = (name: string, parameter: TensorLike, last: Shape): Tensor => {
  const x = asTensor(parameter);
  if (!sameShape(x.shape.slice(-last.length), last)) {
    throw new RangeError(
      `multivariateNormal: expected ${name} of shape [..., ${last.join(', ')}], but got ` +
        `${showShape(x.shape)}; its last axes follow from the last axis of loc.`,
    );
  }
  return x;
};

/** How far from symmetric rounding may leave a correlation. */
const SYMMETRIC = closedInterval(-1e-3, 1e-3);

/** Σ − Σᵀ in units of the standard deviations, of numbers row by row. */
const asymmetries = (values: ArrayLike<number>, k: number): readonly number[] =>
  Array.from({ length: values.length }, (_, flat) => {
    const [row, column] = [Math.floor(flat / k) % k, flat % k];
    const at = (i: number, j: number): number =>
      values[flat - (flat % (k * k)) + i * k + j] ?? Number.NaN;
    const scale = Math.sqrt(at(row, row) * at(column, column));
    // Without variances it is not positive definite, which its Cholesky factor shows.
    return scale > 0 ? (at(row, column) - at(column, row)) / scale : 0;
  });

/** The same as an argument, of what is given. */
const asymmetry = (given: TensorLike, covariance: Tensor, k: number): Given => {
  const deviations = tf.sqrt(diagonal(covariance));
  const scales = tf.mul(tf.expandDims(deviations, -1), tf.expandDims(deviations, -2));
  const value = tf.div(tf.sub(covariance, swapped(covariance)), scales);
  const known =
    given instanceof tf.Tensor
      ? value
      : asymmetries(flattened(given, 'multivariateNormal').values, k);
  return [known, value, SYMMETRIC, 2, 'give one number for both sides of the diagonal'];
};

const FORMS = ['scaleTril', 'covariance', 'logScale'] as const;

const factorOf = (covariance: Covariance, k: number): Factor => {
  checkOptions(
    'multivariateNormal',
    { ...covariance },
    {
      scaleTril: anything,
      covariance: anything,
      logScale: anything,
      lower: anything,
    },
  );
  const forms = FORMS.filter((form) => form in covariance);
  demand(
    forms.length === 1,
    'multivariateNormal',
    'one of { scaleTril }, { covariance } and { logScale, lower }',
    forms.length === 0 ? 'none' : forms.join(' and '),
    'give the covariance in one way',
  );
  if ('scaleTril' in covariance) {
    const scaleTril = withLast('scaleTril', covariance.scaleTril, [k, k]);
    return {
      scaleTril,
      logDet: triangularLogDet(scaleTril),
      given: { scaleTril: [covariance.scaleTril, scaleTril, lowerCholesky, 2] },
    };
  }
  if ('covariance' in covariance) {
    const whole = withLast('covariance', covariance.covariance, [k, k]);
    const scaleTril = cholesky(whole);
    return {
      scaleTril,
      logDet: triangularLogDet(scaleTril),
      // Only its factor shows whether it is positive definite.
      given: {
        'the Cholesky factor of covariance': [scaleTril, scaleTril, lowerCholesky, 2],
        'the asymmetry of covariance': asymmetry(covariance.covariance, whole, k),
      },
    };
  }
  const logScale = withLast('logScale', covariance.logScale, [k]);
  const lower = withLast('lower', covariance.lower, [(k * (k - 1)) / 2]);
  return {
    given: {
      logScale: [covariance.logScale, logScale, real, 1],
      lower: [covariance.lower, lower, real, 1],
    },
    scaleTril: tf.add(diagonalMatrix(tf.exp(logScale)), strictlyLower(lower, k)),
    logDet: tf.sum(logScale, -1),
  };
};

/**
 * The multivariate normal distribution with mean `loc` and full covariance Σ = L Lᵀ.
 *
 * log p(z) = −½ |L⁻¹(z − loc)|² − Σ log diag L − k/2 log 2π, in nats.
 *
 * - Shapes: `loc` is `[..., k]`, the factor `[..., k, k]`; batch is what is left of them, broadcast.
 * - Gradient: pathwise, z = loc + L ε. log q at an own draw is −½|ε|² − Σ log diag L − k/2 log 2π,
 *   so fitting a guide needs no triangular solve.
 * - Edges: a covariance that is not positive definite gives NaN.
 * - Source: Kingma and Welling, An Introduction to Variational Autoencoders, section 2.5.1 and
 *   algorithm 2, arXiv:1906.02691.
 *
 * @example
 * ```ts
 * const d = multivariateNormal([0, 0], { covariance: [[1, 0.5], [0.5, 1]] });
 * d.logProb(tf.tensor1d([0, 0])).dataSync()[0]; // -1.694036
 * ```
 */
export const multivariateNormal = (
  loc: TensorLike,
  covariance: Covariance,
): Distribution<ArrayOf<Real>, 'pathwise'> => {
  const m = asTensor(loc);
  const k = m.shape[m.rank - 1];
  if (k === undefined) {
    throw new RangeError(
      'multivariateNormal: expected loc to be a vector, but got a number; use normal(loc, scale).',
    );
  }
  const { scaleTril, logDet, given } = factorOf(covariance, k);
  const standard = { name: 'standard' };
  const density = (standardised: Tensor): Tensor =>
    tf.sub(tf.mul(tf.sum(tf.square(standardised), -1), -0.5), tf.add(logDet, k * HALF_LOG_TWO_PI));
  return distribution({
    family: multivariateNormalFamily,
    parameters: { loc: m, scaleTril },
    arguments: argumentsOf('multivariateNormal', { loc: [loc, m, real, 1], ...given }),
    support: realVector,
    eventShape: [k],
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal', [k])],
      draw: ([e = tf.zeros([k])]) => ({
        value: tf.add(m, matVec(scaleTril, e)),
        preimage: { map: standard, x: e, eventRank: 1 },
      }),
    },
    logProb: (value, preimage) =>
      density(imageUnder(standard, preimage) ?? triangularSolve(scaleTril, tf.sub(value, m))),
    mean: () => m,
    variance: () => tf.sum(tf.square(scaleTril), -1),
    entropy: () => tf.add(logDet, k * (0.5 + HALF_LOG_TWO_PI)),
    klTo: (p) => {
      const independent = diagonalNormal(p);
      if (independent) return klToDiagonal({ loc: m, scaleTril }, independent);
      const other = gaussianOf(p);
      return other && klDense({ loc: m, scaleTril }, other);
    },
    klFrom: (q) => {
      const other = gaussianOf(q);
      return other && klDense(other, { loc: m, scaleTril });
    },
  });
};
