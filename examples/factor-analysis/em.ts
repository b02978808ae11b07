/** Factor analysis by EM, in double precision, and what is known of it in closed form. */
import {
  type Matrix,
  type Moments,
  type Vector,
  cholesky,
  diagonal,
  dot,
  inverseOf,
  leadingEigenpairs,
  multiply,
  plusDiagonal,
  transpose,
} from '../linear-algebra/index.js';

/** W `[width, factors]`, μ, and the diagonal of Ψ. */
export interface Factors {
  readonly weights: Matrix;
  readonly mean: Vector;
  readonly noise: Vector;
}

const LOG_TWO_PI = Math.log(2 * Math.PI);

/** (I + Wᵀ Ψ⁻¹ W) and Ψ⁻¹ W, of which all is made, so that no matrix of the data's width is inverted. */
const parts = ({ weights, noise }: Factors) => {
  const scaled = weights.map((row, i) => row.map((w) => w / (noise[i] ?? 0)));
  const factor = cholesky(plusDiagonal(multiply(transpose(weights), scaled), 1));
  return { scaled, factor };
};

/**
 * log p(x) = log N(x; μ, W Wᵀ + Ψ) of each datum, nats, by the identities of Woodbury and of determinants.
 */
export const logEvidence = (model: Factors, data: Matrix): Vector => {
  const { mean, noise } = model;
  const { scaled, factor } = parts(model);
  const logDet =
    2 * diagonal(factor).reduce((sum, l) => sum + Math.log(l), 0) +
    noise.reduce((sum, v) => sum + Math.log(v), 0);
  const [inverse, across] = [inverseOf(factor), transpose(scaled)];
  return data.map((x) => {
    const centred = x.map((v, i) => v - (mean[i] ?? 0));
    const seen = across.map((row) => dot(row, centred));
    const alone = centred.reduce((sum, v, i) => sum + v ** 2 / (noise[i] ?? 0), 0);
    const explained = dot(
      seen,
      inverse.map((row) => dot(row, seen)),
    );
    return -0.5 * (x.length * LOG_TWO_PI + logDet + alone - explained);
  });
};

/**
 * One round of EM on the covariance S. E: the posterior's gain G = (I + Wᵀ Ψ⁻¹ W)⁻¹ Wᵀ Ψ⁻¹, and
 * E[z zᵀ] = I − G W + G S Gᵀ. M: W = S Gᵀ E[z zᵀ]⁻¹, Ψ = diag(S − W G S).
 *
 * Source: Rubin and Thayer 1982, EM algorithms for ML factor analysis, doi:10.1007/BF02293851.
 */
const round = (model: Factors, covariance: Matrix): Factors => {
  const { scaled, factor } = parts(model);
  const gain = multiply(inverseOf(factor), transpose(scaled));
  const seen = multiply(gain, covariance);
  const explained = multiply(gain, model.weights);
  const second = multiply(seen, transpose(gain)).map((row, i) =>
    row.map((v, j) => v + (i === j ? 1 : 0) - (explained[i]?.[j] ?? 0)),
  );
  const weights = multiply(transpose(seen), inverseOf(cholesky(second)));
  const across = transpose(seen);
  const noise = covariance.map((row, i) => (row[i] ?? 0) - dot(weights[i] ?? [], across[i] ?? []));
  return { ...model, weights, noise };
};

/** Each datum as the mean of its posterior has it: μ + W G (x − μ). */
export const rebuilt = (model: Factors, data: Matrix): Matrix => {
  const { mean, weights } = model;
  const { scaled, factor } = parts(model);
  const gain = multiply(inverseOf(factor), transpose(scaled));
  return data.map((x) => {
    const centred = x.map((v, i) => v - (mean[i] ?? 0));
    const code = gain.map((row) => dot(row, centred));
    return mean.map((m, i) => m + dot(weights[i] ?? [], code));
  });
};

/** Where both start: the leading eigenvectors, with half of their variance. */
export const firstFactors = ({ mean, covariance }: Moments, factors: number): Factors => {
  const { values, vectors } = leadingEigenpairs(covariance, factors);
  const weights = transpose(
    vectors.map((u, i) => u.map((x) => x * Math.sqrt((values[i] ?? 0) / 2))),
  );
  return { mean, weights, noise: diagonal(covariance).map((v) => v / 2) };
};

/** Factors of data with these moments after so many rounds from there. */
export const factorsByEm = ({ covariance }: Moments, first: Factors, rounds: number): Factors => {
  let found = first;
  for (let i = 0; i < rounds; i += 1) found = round(found, covariance);
  return found;
};
