/** Mistakes in what a program does with its values, gradients and state. */
import * as tf from '@tensorflow/tfjs';
import { normal, observe, param, program, sample, stopGradient } from 'marginalia';
import { one } from './known-inferences.js';
import { type WrongModel, mistake } from './wrong-model.js';

export const wrongPrograms: readonly WrongModel[] = [
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
];
