/** What is known of probabilistic principal components in closed form, in double precision. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, multivariateNormal, plate, sample } from 'marginalia';
import {
  type Matrix,
  type Vector,
  cholesky,
  dot,
  eigenvalues,
  inverseOf,
  multiply,
  plusDiagonal,
  solveLower,
  transpose,
} from './matrix.js';

/** W `[width, latent]`, μ and σ. */
export interface Ppca {
  readonly weights: Matrix;
  readonly mean: Vector;
  readonly scale: number;
}

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** log p(x) = log N(x; μ, W Wᵀ + σ² I) of each datum, nats. */
export const logEvidence = ({ weights, mean, scale }: Ppca, data: Matrix): Vector => {
  const factor = cholesky(plusDiagonal(multiply(weights, transpose(weights)), scale ** 2));
  const logDet = factor.reduce((sum, row, i) => sum + Math.log(row[i] ?? Number.NaN), 0);
  return data.map((x) => {
    const whitened = solveLower(
      factor,
      x.map((v, i) => v - (mean[i] ?? 0)),
    );
    return -0.5 * (dot(whitened, whitened) + x.length * LOG_TWO_PI) - logDet;
  });
};

/** p(z | x) = N(M⁻¹ Wᵀ (x − μ), σ² M⁻¹) with M = Wᵀ W + σ² I, as a program over the same plate. */
export const posterior = ({ weights, mean, scale }: Ppca, data: Matrix) => {
  const across = transpose(weights);
  const inverse = inverseOf(cholesky(plusDiagonal(multiply(across, weights), scale ** 2)));
  const gain = multiply(inverse, across);
  const centred = data.map((x) => x.map((v, i) => v - (mean[i] ?? 0)));
  const locs = centred.map((x) => gain.map((row) => dot(row, x)));
  const scaleTril = cholesky(inverse.map((row) => row.map((v) => v * scale ** 2)));
  const rows = (m: Matrix): Tensor => tf.tensor2d(m.map((row) => [...row]));
  return plate(
    'data',
    data.length,
    sample('z', multivariateNormal(rows(locs), { scaleTril: rows(scaleTril) })),
  );
};

/**
 * The largest mean log likelihood of a datum: with λ the eigenvalues of the data's covariance and
 * σ² the mean of those that are left out, −½ (d log 2π + Σ_kept log λ + (d − q) log σ² + d).
 *
 * Source: Tipping and Bishop 1999, equation (7) at its maximum, doi:10.1111/1467-9868.00196.
 */
export const largestLikelihood = (data: Matrix, latent: number): number => {
  const columns = transpose(data).map((column) => {
    const mean = column.reduce((a, b) => a + b, 0) / column.length;
    return column.map((x) => x - mean);
  });
  const lambdas = eigenvalues(columns.map((a) => columns.map((b) => dot(a, b) / data.length)));
  const width = lambdas.length;
  const left = lambdas.slice(latent);
  const noise = left.reduce((a, b) => a + b, 0) / left.length;
  const logs = lambdas.slice(0, latent).reduce((sum, l) => sum + Math.log(l), 0);
  return -0.5 * (width * LOG_TWO_PI + logs + left.length * Math.log(noise) + width);
};
