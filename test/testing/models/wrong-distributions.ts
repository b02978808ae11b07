/** Mistakes in distributions and bijectors of a user's own. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Tensor,
  bijectors,
  gamma,
  normal,
  observe,
  param,
  positive,
  program,
  real,
  sample,
  transformed,
} from 'marginalia';
import type { Bijector, Real } from 'marginalia/distributions';
import { centre } from './known-inferences.js';
import { type WrongModel, mistake } from './wrong-model.js';

/** A law of a user's own: Laplace's, of scale 1. */
const laplace = (
  loc: Tensor,
  change: Partial<Distribution<Real, 'pathwise'>> = {},
): Distribution<Real, 'pathwise'> => ({
  family: { name: 'Laplace', axes: { loc: 0 } },
  parameters: { loc },
  support: real,
  batchShape: loc.shape,
  eventShape: [],
  sampler: {
    gradient: 'pathwise',
    noise: [{ law: 'uniform', shape: [] }],
    draw: ([u = tf.scalar(0.5)]) => {
      const side = tf.sub(u, 0.5);
      const far = tf.log(tf.sub(1, tf.mul(2, tf.abs(side))));
      return { value: tf.sub(loc, tf.mul(tf.sign(side), far)) };
    },
  },
  logProb: (x) => tf.sub(-Math.LN2, tf.abs(tf.sub(x, loc))),
  mean: () => loc,
  variance: () => tf.fill(loc.shape, 2),
  entropy: () => tf.fill(loc.shape, 1 + Math.LN2),
  ...change,
});

/** A guide by Laplace's law, with something about it changed. */
const byLaplace = (change: (loc: Tensor) => Partial<Distribution<Real, 'pathwise'>>) => ({
  model: centre,
  guide: program(function* () {
    const loc = yield* param('loc', 0.5);
    yield* sample('z', laplace(loc, change(loc)));
  }),
});

/** x to x³ + x, whose slope is 3 x² + 1, solved by Cardano's formula. */
const cubic = (slope: (x: Tensor) => Tensor): Bijector => ({
  ...bijectors.identity,
  name: 'cubic',
  forward: (x) => tf.add(tf.pow(x, 3), x),
  inverse: (y) => {
    const half = tf.div(y, 2);
    const root = tf.sqrt(tf.add(tf.square(half), 1 / 27));
    const cubeRoot = (v: Tensor): Tensor => tf.mul(tf.sign(v), tf.pow(tf.abs(v), 1 / 3));
    return tf.add(cubeRoot(tf.add(half, root)), cubeRoot(tf.sub(half, root)));
  },
  logAbsDetJacobian: (x) => tf.log(slope(x)),
});

export const wrongDistributions: readonly WrongModel[] = [
  mistake('a guide outside of the support', 'checkSupports', (isWrong) => ({
    model: program(function* () {
      const rate = yield* sample('rate', gamma(2, 1));
      yield* observe('x', normal(rate, 1), 2);
    }),
    guide: program(function* () {
      const loc = yield* param('loc', 0.5);
      const d = normal(loc, 0.5);
      const mapped = transformed(d, bijectors.exp);
      // It says that its draws are positive.
      yield* sample('rate', isWrong ? { ...d, support: positive } : mapped);
    }),
  })),
  mistake('a bijector without its Jacobian', 'checkSiteDistributions', (isWrong) => ({
    model: centre,
    guide: program(function* () {
      const slope = (x: Tensor) => (isWrong ? tf.onesLike(x) : tf.add(tf.mul(3, tf.square(x)), 1));
      yield* sample('z', transformed(normal(yield* param('loc', 0.4), 0.3), cubic(slope)));
    }),
  })),
  mistake('a density without its constant', 'checkSiteDistributions', (isWrong) => ({
    ...byLaplace((loc) => ({
      logProb: (x) => tf.sub(isWrong ? 0 : -Math.LN2, tf.abs(tf.sub(x, loc))),
    })),
  })),
  mistake('a sampler that ignores its noise', 'checkSiteDistributions', (isWrong) => ({
    ...byLaplace((loc) =>
      isWrong
        ? {
            sampler: {
              gradient: 'pathwise',
              noise: [{ law: 'uniform', shape: [] }],
              draw: ([u = tf.scalar(0)]) => ({ value: tf.add(loc, tf.zerosLike(u)) }),
            },
          }
        : {},
    ),
  })),
  mistake('an entropy in bits', 'checkSiteDistributions', (isWrong) => ({
    ...byLaplace((loc) => ({
      entropy: () => tf.fill(loc.shape, (1 + Math.LN2) / (isWrong ? Math.LN2 : 1)),
    })),
  })),
  mistake('a standard deviation for the variance', 'checkSiteDistributions', (isWrong) => ({
    ...byLaplace((loc) => ({ variance: () => tf.fill(loc.shape, isWrong ? Math.SQRT2 : 2) })),
  })),
  mistake('a closed form of another law', 'checkSiteDistributions', (isWrong) => ({
    model: centre,
    guide: program(function* () {
      const loc = yield* param('loc', 0.5);
      const d = normal(loc, isWrong ? 1.6 : 0.8);
      // Its parameters are what a divergence to it is taken from.
      yield* sample('z', { ...d, parameters: { loc, scale: tf.scalar(0.8) } });
    }),
  })),
];
