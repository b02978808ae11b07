/** Counts whose log rate is a Gaussian process, with its length and its size unknown. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  bijectors,
  deterministic,
  elbo,
  gamma,
  halfNormal,
  independent,
  normal,
  observe,
  program,
  sample,
} from 'marginalia';
import { poisson } from 'marginalia/distributions';
import { linearAlgebra } from 'marginalia/tensors';
import { LOG_ALPHA, LOG_RHO, byFlow, byPulledFlow, columns, factorOf } from './gp-guides.js';
import { normalGuide } from './normal-guide.js';
import type { Problem } from './problem.js';

/** f = α L u with L Lᵀ = exp(−(x_i − x_j)² / 2 ρ²), k_i ~ Poisson(exp f_i). */
const model = (rows: Tensor) =>
  program(function* () {
    const { x, k } = columns(rows);
    const rho = yield* sample('rho', gamma(25, 4));
    const alpha = yield* sample('alpha', halfNormal(2));
    const unit = yield* sample('unit', independent(normal(tf.zerosLike(x), 1)));
    const factor = factorOf(x, rho);
    const f = yield* deterministic('f', tf.mul(alpha, linearAlgebra.matVec(factor, unit)));
    yield* observe('k', independent(poisson(tf.exp(f))), k);
  });

const blocks = (size: number) => [
  { name: 'alpha', bijector: bijectors.exp, start: LOG_ALPHA, scale: 0.5 },
  { name: 'rho', bijector: bijectors.exp, start: LOG_RHO, scale: 0.2 },
  {
    name: 'unit',
    bijector: bijectors.identity,
    start: Array.from({ length: size }, () => 0),
    scale: 1,
  },
];

/** The problem, with guides that know more and more. */
export const gpPoisson = (rows: Problem['rows']): Problem => {
  const meanField = normalGuide(blocks(rows.length), 'mean field');
  const full = normalGuide(blocks(rows.length), 'full covariance');
  const objective = elbo({ particles: 8 });
  return {
    name: 'gp_pois_regr',
    rows,
    model,
    fittings: [
      { family: 'mean field', guide: () => meanField, objective, steps: 4000, rate: 0.02 },
      { family: 'full covariance', guide: () => full, objective, steps: 4000, rate: 0.02 },
      { family: 'flow', guide: byFlow, objective, steps: 15_000, rate: 0.01 },
      { family: 'flow on a normal law', guide: byPulledFlow, objective, steps: 3000, rate: 0.005 },
    ],
  };
};
