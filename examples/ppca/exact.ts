/** What is known of linear models with normal noise in closed form, in double precision. */
import { multivariateNormal, plate, sample } from 'marginalia';
import {
  type Matrix,
  type Vector,
  cholesky,
  dot,
  inverseOf,
  leadingEigenpairs,
  momentsOf,
  multiply,
  plusDiagonal,
  solveLower,
  tensorOf,
  trace,
  transpose,
} from '../linear-algebra/index.js';

/** W `[width, latent]`, μ and σ. */
export interface Ppca {
  readonly weights: Matrix;
  readonly mean: Vector;
  readonly scale: number;
}

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** log N(x; μ, C) of each datum, nats. */
export const logNormal = (data: Matrix, mean: Vector, covariance: Matrix): Vector => {
  const factor = cholesky(covariance);
  const logDet = factor.reduce((sum, row, i) => sum + Math.log(row[i] ?? Number.NaN), 0);
  return data.map((x) => {
    const whitened = solveLower(
      factor,
      x.map((v, i) => v - (mean[i] ?? 0)),
    );
    return -0.5 * (dot(whitened, whitened) + x.length * LOG_TWO_PI) - logDet;
  });
};

/** log p(x) = log N(x; μ, W Wᵀ + σ² I) of each datum, nats. */
export const logEvidence = ({ weights, mean, scale }: Ppca, data: Matrix): Vector =>
  logNormal(data, mean, plusDiagonal(multiply(weights, transpose(weights)), scale ** 2));

/** p(z | x) = N(M⁻¹ Wᵀ (x − μ), σ² M⁻¹) with M = Wᵀ W + σ² I, as a program over the same plate. */
export const posterior = ({ weights, mean, scale }: Ppca, data: Matrix) => {
  const across = transpose(weights);
  const inverse = inverseOf(cholesky(plusDiagonal(multiply(across, weights), scale ** 2)));
  const gain = multiply(inverse, across);
  const centred = data.map((x) => x.map((v, i) => v - (mean[i] ?? 0)));
  const locs = centred.map((x) => gain.map((row) => dot(row, x)));
  const scaleTril = tensorOf(cholesky(inverse.map((row) => row.map((v) => v * scale ** 2))));
  return plate('data', data.length, sample('z', multivariateNormal(tensorOf(locs), { scaleTril })));
};

/** The parameters of the largest likelihood, and what it is. */
export interface Largest extends Ppca {
  /** Of a datum, in the mean, nats. */
  readonly logLikelihood: number;
}

/**
 * The largest mean log likelihood of a datum: with λ the eigenvalues of the data's covariance and
 * σ² the mean of those that are left out, W = U (Λ − σ² I)^½ and
 * −½ (d log 2π + Σ_kept log λ + (d − q) log σ² + d).
 *
 * Source: Tipping and Bishop 1999, equation (7) at its maximum, doi:10.1111/1467-9868.00196.
 */
export const largestLikelihood = (data: Matrix, latent: number): Largest => {
  const { mean, covariance } = momentsOf(data);
  const width = covariance.length;
  const { values, vectors } = leadingEigenpairs(covariance, latent);
  const left = trace(covariance) - values.reduce((a, b) => a + b, 0);
  const noise = left / (width - latent);
  const logs = values.reduce((sum, l) => sum + Math.log(l), 0);
  return {
    mean,
    scale: Math.sqrt(noise),
    weights: transpose(
      vectors.map((u, i) => u.map((x) => x * Math.sqrt((values[i] ?? 0) - noise))),
    ),
    logLikelihood: -0.5 * (width * LOG_TWO_PI + logs + (width - latent) * Math.log(noise) + width),
  };
};
