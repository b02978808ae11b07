/** A mixture of two normals on the line, the first to the left. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  beta,
  bijectors,
  categorical,
  deterministic,
  elbo,
  expand,
  factor,
  halfNormal,
  independent,
  mask,
  mixture,
  normal,
  observe,
  program,
  sample,
} from 'marginalia';
import { normalGuide } from './normal-guide.js';
import type { Problem } from './problem.js';

const model = (rows: Tensor) =>
  program(function* () {
    const first = yield* sample('first', normal(0, 2));
    // The means have an order: the second is a gap further on. Its prior is a factor, for the gap
    // by itself has none.
    const gap = yield* sample('gap', mask(halfNormal(1), 0));
    const second = tf.add(first, gap);
    yield* factor('second', normal(0, 2).logProb(second));
    const sigma = yield* sample('sigma', independent(halfNormal([2, 2])));
    const theta = yield* sample('theta', beta(5, 5));
    const mu = yield* deterministic('mu', tf.stack([first, second]));
    const y = tf.reshape(rows, [-1]);
    const shares = categorical({ probs: tf.stack([theta, tf.sub(1, theta)]) });
    yield* observe('y', independent(expand(mixture(shares, normal(mu, sigma)), [y.size])), y);
  });

/** The problem; of the data the guides know where the quarters of them are. */
export const normalMixture = (rows: Problem['rows']): Problem => {
  const sorted = rows.flat().toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [at(0.25), at(0.75)];
  const blocks = [
    { name: 'first', bijector: bijectors.identity, start: low, scale: 0.1 },
    { name: 'gap', bijector: bijectors.exp, start: Math.log(high - low), scale: 0.1 },
    { name: 'sigma', bijector: bijectors.exp, start: [0, 0], scale: 0.1 },
    { name: 'theta', bijector: bijectors.sigmoidTo(0, 1), start: 0, scale: 0.1 },
  ];
  const meanField = normalGuide(blocks, 'mean field');
  const full = normalGuide(blocks, 'full covariance');
  const objective = elbo({ particles: 8, gradient: 'stickingTheLanding' });
  return {
    name: 'low_dim_gauss_mix',
    rows,
    model,
    fittings: [
      { family: 'mean field', guide: () => meanField, objective, steps: 3000, rate: 0.03 },
      { family: 'full covariance', guide: () => full, objective, steps: 3000, rate: 0.03 },
    ],
  };
};
