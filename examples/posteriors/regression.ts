/** Linear regressions: four of the eight posteriors. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Program,
  type Tensor,
  bijectors,
  deterministic,
  elbo,
  independent,
  logNormal,
  multivariateNormal,
  normal,
  observe,
  param,
  program,
  sample,
} from 'marginalia';
import type { Positive } from 'marginalia/distributions';
import { linearAlgebra } from 'marginalia/tensors';
import { deviation, whitening } from './least-squares.js';
import { normalGuide } from './normal-guide.js';
import type { Problem } from './problem.js';

type Rows = readonly (readonly number[])[];

/** A regression of y on predictors; the first column is of ones where there is an intercept. */
export interface Regression {
  readonly name: string;
  readonly predictors: Rows;
  readonly y: readonly number[];
  readonly coefficients: Distribution;
  readonly sigma: Distribution<Positive>;
  /** Names parts of the coefficients as the reference does. */
  readonly named: (coefficients: Tensor) => Program<unknown, unknown>;
}

/** y ~ N(X β, σ). */
const modelOf =
  ({ coefficients, sigma, named }: Regression) =>
  (rows: Tensor) =>
    program(function* () {
      const [n = 0, width = 1] = rows.shape;
      const x = tf.slice(rows, [0, 0], [n, width - 1]);
      const y = tf.reshape(tf.slice(rows, [0, width - 1], [n, 1]), [n]);
      const b = yield* sample('coefficients', coefficients);
      const noise = yield* sample('sigma', sigma);
      yield* named(b);
      const mean = linearAlgebra.matVec(x, b);
      yield* observe('y', independent(normal(mean, noise)), y);
    });

/** Where coefficients start: at 0 but for an intercept, the first, which starts at the mean of y. */
const startOf = (predictors: Rows, y: readonly number[]): readonly number[] => {
  const mean = y.reduce((a, b) => a + b, 0) / y.length;
  const intercept = predictors.every(([first]) => first === 1);
  return (predictors[0] ?? []).map((_, j) => (intercept && j === 0 ? mean : 0));
};

/**
 * A normal law of (β, log σ) with a full covariance, in directions in which the predictors are
 * orthonormal: there all coefficients are of one size, and a step of one does not undo that of another.
 * The predictors and the mean and spread of y are all that it is told.
 */
const guideOf = ({ predictors, y }: Regression) => {
  const directions = whitening(predictors);
  const start = startOf(predictors, y);
  const spread = deviation(y);
  const k = directions.length;
  // n numbers tell of each coefficient to within 1 / √n of what one does.
  const precise = -0.5 * Math.log(y.length);
  return program(function* () {
    const a = tf.mul(tf.tensor2d(directions.map((row) => [...row])), spread);
    const logSigma = yield* param('sigma/loc', 0);
    const sigmaLogScale = yield* param('sigma/logScale', precise);
    const sigma = yield* sample(
      'sigma',
      logNormal(tf.add(logSigma, Math.log(spread)), tf.exp(sigmaLogScale)),
    );
    const loc = yield* param('coefficients/loc', tf.zeros([k]));
    const slope = yield* param('coefficients/slope', tf.zeros([k]));
    const logScale = yield* param('coefficients/logScale', tf.fill([k], precise));
    const lower = yield* param('coefficients/lower', tf.zeros([(k * (k - 1)) / 2]));
    const unit = tf.add(
      linearAlgebra.diagonalMatrix(tf.exp(logScale)),
      tf.mul(linearAlgebra.strictlyLower(lower, k), tf.expandDims(tf.exp(logScale), -1)),
    );
    const z = tf.sub(tf.log(tf.div(sigma, spread)), logSigma);
    const whitened = tf.add(loc, tf.mul(z, slope));
    yield* sample(
      'coefficients',
      multivariateNormal(tf.add(linearAlgebra.matVec(a, whitened), tf.tensor1d([...start])), {
        scaleTril: linearAlgebra.matMul(a, unit),
      }),
    );
  });
};

/** The problem of a regression, with a mean-field guide to compare. */
export const regression = (of: Regression): Problem => {
  const { name, predictors, y } = of;
  const spread = deviation(y);
  const size = predictors[0]?.length ?? 1;
  const scales = Array.from(
    { length: size },
    (_, j) => spread / Math.sqrt(predictors.reduce((s, r) => s + (r[j] ?? 0) ** 2, 0) / y.length),
  );
  const precise = -0.5 * Math.log(y.length);
  const meanField = normalGuide(
    [
      { name: 'sigma', bijector: bijectors.exp, start: Math.log(spread), scale: 1, precise },
      {
        name: 'coefficients',
        bijector: bijectors.identity,
        start: startOf(predictors, y),
        scale: scales,
        precise,
      },
    ],
    'mean field',
  );
  const full = guideOf(of);
  const objective = elbo({ particles: 8, gradient: 'stickingTheLanding' });
  return {
    name,
    rows: predictors.map((row, i) => [...row, y[i] ?? Number.NaN]),
    model: modelOf(of),
    fittings: [
      { family: 'mean field', guide: () => meanField, objective, steps: 4000, rate: 0.05 },
      { family: 'full covariance', guide: () => full, objective, steps: 4000, rate: 0.05 },
    ],
  };
};

/** Coefficients whose first is called alpha and whose others are called beta. */
export const interceptApart = (coefficients: Tensor) =>
  program(function* () {
    yield* deterministic('alpha', tf.gather(coefficients, 0));
    yield* deterministic('beta', tf.slice(coefficients, 1));
  });

/** All coefficients are called beta. */
export const allBeta = (coefficients: Tensor) => deterministic('beta', coefficients);
