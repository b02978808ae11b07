/** Eight schools, non-centred (Rubin 1981, doi:10.2307/1164617). */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  bijectors,
  deterministic,
  elbo,
  gamma,
  independent,
  iwae,
  normal,
  observe,
  param,
  positive,
  program,
  sample,
} from 'marginalia';
import { halfCauchy } from 'marginalia/distributions';
import { normalGuide } from './normal-guide.js';
import type { Problem } from './problem.js';

const columns = (rows: Tensor) => {
  const [y, sigma] = tf.unstack(rows, 1);
  return { y: y ?? rows, sigma: sigma ?? rows };
};

/** θ_j = μ + τ t_j, y_j ~ N(θ_j, σ_j). */
const model = (rows: Tensor) =>
  program(function* () {
    const { y, sigma } = columns(rows);
    const mu = yield* sample('mu', normal(0, 5));
    const tau = yield* sample('tau', halfCauchy(5));
    const t = yield* sample('t', independent(normal(tf.zerosLike(y), 1)));
    const theta = yield* deterministic('theta', tf.add(mu, tf.mul(tau, t)));
    yield* observe('y', independent(normal(theta, sigma)), y);
  });

const blocks = (schools: number) => [
  { name: 'tau', bijector: bijectors.softplus, start: 1, scale: 1 },
  { name: 'mu', bijector: bijectors.identity, start: 0, scale: 5 },
  {
    name: 't',
    bijector: bijectors.identity,
    start: Array.from({ length: schools }, () => 0),
    scale: 1,
  },
];

/**
 * A guide that knows how the parts hang together. The law of τ is a gamma, which like the
 * posterior has mass down to 0; μ given τ is normal, its mean and log scale linear
 * in log(1 + τ); and t given both is normal as in the posterior, but for how far y pulls it. The
 * posterior's tail in τ is heavier than the gamma's, which few draws see: k̂ varies with them.
 */
const structured = (rows: Tensor) =>
  program(function* () {
    const { y, sigma } = columns(rows);
    const concentration = yield* param('tau/concentration', 1, { support: positive });
    const tau = yield* sample(
      'tau',
      gamma(concentration, yield* param('tau/rate', 0.3, { support: positive })),
    );
    const log = tf.log1p(tau);
    const line = function* (name: string, start: number) {
      const [at, slope] = [yield* param(`${name}/at`, start), yield* param(`${name}/slope`, 0)];
      return tf.add(at, tf.mul(slope, log));
    };
    const mu = yield* sample(
      'mu',
      normal(yield* line('mu/loc', 4), tf.exp(yield* line('mu/logScale', 1))),
    );
    const total = tf.add(tf.square(tau), tf.square(sigma));
    const pulled = tf.div(tf.mul(tau, tf.sub(y, mu)), total);
    yield* sample(
      't',
      independent(
        normal(tf.mul(yield* param('t/pull', 1), pulled), tf.sqrt(tf.div(tf.square(sigma), total))),
      ),
    );
  });

/** The problem, with guides that know more and more. */
export const eightSchools = (rows: Problem['rows']): Problem => {
  const schools = blocks(rows.length);
  const objective = elbo({ particles: 16 });
  const meanField = normalGuide(schools, 'mean field');
  const full = normalGuide(schools, 'full covariance');
  return {
    name: 'eight_schools_noncentered',
    rows,
    model,
    fittings: [
      { family: 'mean field', guide: () => meanField, objective, steps: 4000, rate: 0.03 },
      { family: 'full covariance', guide: () => full, objective, steps: 4000, rate: 0.03 },
      {
        family: 'full covariance, IWAE of 32',
        guide: () => full,
        objective: iwae({ particles: 32, gradient: 'doublyReparameterised' }),
        steps: 4000,
        rate: 0.03,
      },
      { family: 'structured', guide: structured, objective, steps: 4000, rate: 0.03 },
    ],
  };
};

/** The data, in rows of effect and standard error. */
export const schoolsData: Problem['rows'] = [
  [28, 15],
  [8, 10],
  [-3, 16],
  [7, 11],
  [-1, 9],
  [1, 11],
  [18, 10],
  [12, 18],
];
