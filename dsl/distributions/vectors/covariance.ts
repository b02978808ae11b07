/** The ways to give the covariance of a vector of numbers, and its factor. */
import * as tf from '@tensorflow/tfjs';
import type { Given } from '../../checks/argument.js';
import { closedInterval } from '../../checks/domain.js';
import { scaleOfPrecision } from '../../numerics/matrices/covariance-factors.js';
import { swapped } from '../../numerics/matrices/factors.js';
import {
  cholesky,
  diagonal,
  diagonalMatrix,
  strictlyLower,
  triangularLogDet,
} from '../../numerics/linear-algebra.js';
import { anything, checkOptions, demand } from '../../refusals/options.js';
import { lowerCholesky, real } from '../../supports/index.js';
import { flattened } from '../../tensors/nested.js';
import type { Shape } from '../../tensors/noise.js';
import { sameShape, showShape } from '../../tensors/shape.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';

/** One of the ways to give the covariance Σ = L Lᵀ of a multivariate normal. */
export type Covariance =
  /** L itself, lower triangular with positive diagonal, `[..., k, k]`. */
  | { readonly scaleTril: TensorLike }
  /** Σ, symmetric positive definite, `[..., k, k]`. */
  | { readonly covariance: TensorLike }
  /** Σ⁻¹, symmetric positive definite, `[..., k, k]`. */
  | { readonly precision: TensorLike }
  /** C lower triangular with positive diagonal and C Cᵀ = Σ⁻¹, `[..., k, k]`. */
  | { readonly precisionCholesky: TensorLike }
  /** What a network puts out: log of L's diagonal `[..., k]`, and L's strictly lower entries, row by row, `[..., k(k−1)/2]`. */
  | { readonly logScale: TensorLike; readonly lower: TensorLike };

/** A factor of Σ, and what was given, judged. */
export interface Factor {
  readonly given: Readonly<Record<string, Given>>;
  readonly scaleTril: Tensor;
  readonly logDet: Tensor;
}

/** A parameter whose last axes are as given; anything else would broadcast without a word. */
export const withLast = (who: string, name: string, parameter: TensorLike, last: Shape): Tensor => {
  const x = asTensor(parameter);
  if (!sameShape(x.shape.slice(-last.length), last)) {
    throw new RangeError(
      `${who}: expected ${name} of shape [..., ${last.join(', ')}], but got ` +
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

const FORMS = ['scaleTril', 'covariance', 'precision', 'precisionCholesky', 'logScale'] as const;

/** The factor of a covariance of k numbers, whichever way it is given. */
export const factorOf = (covariance: Covariance, k: number): Factor => {
  checkOptions(
    'multivariateNormal',
    { ...covariance },
    {
      scaleTril: anything,
      covariance: anything,
      precision: anything,
      precisionCholesky: anything,
      logScale: anything,
      lower: anything,
    },
  );
  const forms = FORMS.filter((form) => form in covariance);
  demand(
    forms.length === 1,
    'multivariateNormal',
    'one of { scaleTril }, { covariance }, { precision }, { precisionCholesky } and { logScale, lower }',
    forms.length === 0 ? 'none' : forms.join(' and '),
    'give the covariance in one way',
  );
  if ('scaleTril' in covariance) {
    const scaleTril = withLast('multivariateNormal', 'scaleTril', covariance.scaleTril, [k, k]);
    return {
      scaleTril,
      logDet: triangularLogDet(scaleTril),
      given: { scaleTril: [covariance.scaleTril, scaleTril, lowerCholesky, 2] },
    };
  }
  if ('covariance' in covariance) {
    const whole = withLast('multivariateNormal', 'covariance', covariance.covariance, [k, k]);
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
  if ('precision' in covariance) {
    const whole = withLast('multivariateNormal', 'precision', covariance.precision, [k, k]);
    const scaleTril = scaleOfPrecision(whole, false);
    return {
      scaleTril,
      logDet: triangularLogDet(scaleTril),
      given: {
        'the Cholesky factor of the inverse of precision': [scaleTril, scaleTril, lowerCholesky, 2],
        'the asymmetry of precision': asymmetry(covariance.precision, whole, k),
      },
    };
  }
  if ('precisionCholesky' in covariance) {
    const { precisionCholesky: factor } = covariance;
    const c = withLast('multivariateNormal', 'precisionCholesky', factor, [k, k]);
    const scaleTril = scaleOfPrecision(c, true);
    return {
      scaleTril,
      logDet: tf.neg(triangularLogDet(c)),
      given: { precisionCholesky: [factor, c, lowerCholesky, 2] },
    };
  }
  const logScale = withLast('multivariateNormal', 'logScale', covariance.logScale, [k]);
  const lower = withLast('multivariateNormal', 'lower', covariance.lower, [(k * (k - 1)) / 2]);
  return {
    given: {
      logScale: [covariance.logScale, logScale, real, 1],
      lower: [covariance.lower, lower, real, 1],
    },
    scaleTril: tf.add(diagonalMatrix(tf.exp(logScale)), strictlyLower(lower, k)),
    logDet: tf.sum(logScale, -1),
  };
};
