/** A normal search distribution over x, by gradients of f or by values of f alone. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  cosineDecay,
  independent,
  normal,
  param,
  program,
  sample,
  svi,
} from 'marginalia';
import { expectation } from 'marginalia/objectives';

export const WIDTH = 10;
export const SPREAD = 0.2;

/** x ~ N(loc, 0.2² I). */
const search = program(function* () {
  const loc = yield* param('loc', tf.zeros([WIDTH]));
  return yield* sample('x', independent(normal(loc, SPREAD)));
});

/** Σ i (x_i − 1)², the last direction ten times as steep as the first. */
export const bowl = (x: Tensor): Tensor =>
  tf.sum(tf.mul(tf.range(1, WIDTH + 1), tf.square(tf.sub(x, 1))), -1);

/** Σ ⌊4 |x_i − 1|⌋: flat but for its steps, with no slope anywhere. */
export const stairs = (x: Tensor): Tensor => tf.sum(tf.floor(tf.mul(4, tf.abs(tf.sub(x, 1)))), -1);

/** min E f(x) ≥ min f(x), over loc. */
export const minimum = (
  f: (x: Tensor) => Tensor,
  gradient: 'pathwise' | 'score',
  particles: number,
  steps = 1000,
) =>
  svi({
    ...expectation(search, f, { gradient, particles, antithetic: true }),
    optimizer: adam(cosineDecay(0.05, steps)),
  });
