/** Mistakes in what a program does with its values, gradients and state. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  independent,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  shared,
  stopGradient,
} from 'marginalia';
import type { ModelUnderTest } from 'marginalia/testing';
import { one } from './known-inferences.js';
import { type WrongModel, mistake } from './wrong-model.js';

// Two numbers for each of three groups, mixed by a matrix.
const mixing = tf.tensor2d([
  [0.5, -1],
  [0.2, 0.3],
]);
const groups = (pool: (z: Tensor) => Tensor): ModelUnderTest => {
  const latent = sample('z', independent(normal([0, 0], 1)));
  return {
    model: plate(
      'groups',
      3,
      program(function* () {
        const z = yield* latent;
        yield* observe('x', independent(normal(pool(z), 1)), [
          [1, 1],
          [0, 1],
          [1, 0],
        ]);
      }),
    ),
    guide: plate(
      'groups',
      3,
      program(function* () {
        const loc = yield* shared(param('loc', [0.2, -0.1]));
        yield* sample('z', independent(normal(loc, 0.9)));
      }),
    ),
  };
};

export const wrongPrograms: readonly WrongModel[] = [
  mistake('a mean over all axes', 'checkParticles', (isWrong) => ({
    model: program(function* () {
      const z = yield* sample('z', independent(normal([0, 0, 0], 1)));
      yield* observe('x', normal(isWrong ? tf.mean(z) : tf.mean(z, -1), 1), 2);
    }),
    guide: program(function* () {
      yield* sample('z', independent(normal(yield* param('loc', [0.5, 0.4, 0.3]), 0.9)));
    }),
  })),
  mistake('a product of matrices that mixes particles', 'checkParticles', (isWrong) => ({
    ...groups((z) => {
      const product = tf.matMul(tf.reshape(z, [-1, 2]), mixing);
      if (!isWrong) return tf.reshape(product, z.shape);
      return tf.reshape(tf.cumsum(product, 0), z.shape);
    }),
  })),
  mistake('a reshape that exchanges axes', 'checkParticles', (isWrong) => ({
    ...groups((z) => {
      if (!isWrong) return tf.mul(z, [0.5, 2]);
      const turned = tf.transpose(tf.reshape(z, [-1, 2]));
      return tf.mul(tf.reshape(turned, z.shape), [0.5, 2]);
    }),
  })),
  mistake('a gradient that is stopped', 'checkGradients', (isWrong) => ({
    ...one,
    guide: program(function* () {
      const loc = yield* param('loc', 0.5);
      yield* sample('z', normal(isWrong ? stopGradient(loc) : loc, 0.8));
    }),
  })),
  mistake('a number of Math.random', 'checkResume', (isWrong) => ({
    ...one,
    guide: program(function* () {
      const loc = yield* param('loc', 0.5);
      yield* sample('z', normal(isWrong ? tf.add(loc, Math.random() / 10) : loc, 0.8));
    }),
  })),
  mistake('a count of the runs', 'checkReplay', (isWrong) => {
    let runs = 0;
    return {
      ...one,
      model: program(function* () {
        runs += 1;
        const z = yield* sample('z', normal(0, 1));
        yield* observe('x', normal(z, isWrong ? Math.max(1, 2 - runs / 100) : 1), 1.5);
      }),
    };
  }),
  mistake('a tensor that is kept at every run', 'checkMemory', (isWrong) => ({
    ...one,
    guide: program(function* () {
      const loc = yield* param('loc', 0.5);
      if (isWrong) tf.keep(tf.clone(loc));
      yield* sample('z', normal(loc, 0.8));
    }),
  })),
];
