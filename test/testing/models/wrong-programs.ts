/** Mistakes in what a program does with its values, gradients and state. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  blackBox,
  independent,
  normal,
  observe,
  param,
  program,
  sample,
  stopGradient,
} from 'marginalia';
import { one } from './known-inferences.js';
import { type WrongModel, mistake } from './wrong-model.js';

export const wrongPrograms: readonly WrongModel[] = [
  mistake('host code that remembers its calls', 'checkParticles', (isWrong) => {
    let calls = 0;
    const shifted = blackBox(
      (z: Tensor) => {
        calls += 1;
        return tf.add(tf.mean(z), isWrong ? calls / 100 : 0);
      },
      { shape: [] },
    );
    return {
      model: program(function* () {
        const z = yield* sample('z', independent(normal([0, 0, 0], 1)));
        yield* observe('x', normal(shifted(z), 1), 2);
      }),
      guide: program(function* () {
        yield* sample('z', independent(normal(yield* param('loc', [0.5, 0.4, 0.3]), 0.9)));
      }),
    };
  }),
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
  mistake('host code that keeps a tensor at every call', 'checkMemory', (isWrong) => {
    const seen = blackBox((z: Tensor) => (isWrong ? tf.keep(tf.clone(z)) : z), { shape: [] });
    return {
      model: program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* observe('x', normal(seen(z), 1), 1.5);
      }),
      guide: program(function* () {
        yield* sample('z', normal(yield* param('loc', 0.5), 0.8));
      }),
    };
  }),
];
