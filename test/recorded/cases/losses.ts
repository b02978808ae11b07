/** Losses and expectations that are minimised, and phases. */
import * as tf from '@tensorflow/tfjs';
import {
  type Svi,
  type Tensor,
  bernoulli,
  elbo,
  independent,
  noise,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  sgd,
  shared,
  svi,
} from 'marginalia';
import { assign, phases } from 'marginalia/inference';
import { dense, mlp } from 'marginalia/nn';
import {
  type MinimizeOptions,
  expectation,
  minimize,
  sleepPhi,
  wakePhi,
  wakeTheta,
} from 'marginalia/objectives';
import { blackBox } from 'marginalia/tensors';
import { type RecordedCase, recordedCase } from '../recorded-case.js';
import { wave } from '../wave.js';

const optimizer = sgd(0.1);

const ridge: Svi<Tensor> = svi({
  ...minimize((x: Tensor) =>
    program(function* () {
      const w = yield* param('w', [0.3, -0.5]);
      const b = yield* param('b', 0.1);
      const found = tf.add(tf.sum(tf.mul(x, w), -1), b);
      return {
        misfit: tf.mean(tf.square(tf.sub(found, tf.sum(tf.square(x), -1)))),
        weight: tf.mul(0.3, tf.sum(tf.square(w))),
      };
    }),
  ),
  optimizer,
});

const denoising: Svi<Tensor> = svi({
  ...minimize((x: Tensor) =>
    program(function* () {
      const e = yield* noise('corruption', independent(normal(tf.zeros([6, 4]), 0.3), 2));
      const code = yield* mlp('encoder', { hidden: [3], activation: 'tanh' })(tf.add(x, e));
      const back = yield* dense('decoder', { units: 4 })(code);
      return tf.mean(tf.sum(tf.square(tf.sub(back, x)), -1));
    }),
  ),
  optimizer,
});

const gated = (options: MinimizeOptions): Svi<void> =>
  svi({
    ...minimize(
      () =>
        program(function* () {
          const gate = yield* sample('gate', bernoulli({ logits: yield* param('logit', 0.4) }));
          const level = yield* param('level', 1.3);
          return tf.square(tf.sub(tf.mul(gate, level), 0.6));
        }),
      options,
    ),
    optimizer,
  });

const search = program(function* () {
  const loc = yield* param('loc', [1.2, -0.7, 0.4]);
  const scale = yield* param('scale', [0.5, 0.8, 0.3], { support: positive });
  return yield* sample('x', independent(normal(loc, scale)));
});

const bowl = (x: Tensor): Tensor => tf.sum(tf.add(tf.square(x), tf.cos(tf.mul(x, 3))), -1);

const steps = blackBox(
  (x: Tensor) => [...x.dataSync()].reduce((sum, value) => sum + Math.floor(2 * value) ** 2, 0),
  { shape: [] },
);

const waking = (): Svi<Tensor> => {
  const guide = (x: Tensor) =>
    plate(
      'rows',
      4,
      program(function* () {
        const weight = yield* shared(param('q/weight', 0.5));
        const scale = yield* shared(param('q/scale', 0.7, { support: positive }));
        yield* sample('z', normal(tf.mul(weight, x), scale));
      }),
    );
  const programs = {
    model: (x: Tensor) =>
      plate(
        'rows',
        4,
        program(function* () {
          const z = yield* sample('z', normal(yield* shared(param('p/prior', 0.2)), 1));
          yield* observe('x', normal(tf.mul(z, yield* shared(param('p/slope', 0.8))), 0.6), x);
        }),
      ),
    guide,
  };
  return phases({
    theta: svi({ ...programs, objective: wakeTheta({ particles: 3 }), optimizer, trains: ['p'] }),
    phi: svi({ ...programs, objective: wakePhi({ particles: 4 }), optimizer, trains: ['q'] }),
    sleep: svi({
      ...programs,
      objective: sleepPhi({ guide: ({ x = tf.zeros([4]) }) => guide(x) }),
      optimizer,
      trains: ['q'],
    }),
    both: svi({ ...programs, objective: elbo(), optimizer }),
  });
};

export const losses: readonly RecordedCase[] = [
  recordedCase('a loss of two parts', () => ({ svi: ridge, batch: wave([5, 2]) })),
  recordedCase('a loss of a network with noise', () => ({ svi: denoising, batch: wave([6, 4]) })),
  recordedCase('a loss behind a gate: summed over', () => ({
    svi: gated({}),
    batch: undefined,
  })),
  recordedCase('a loss behind a gate: scores, 6 particles', () => ({
    svi: gated({ particles: 6, discrete: 'score' }),
    batch: undefined,
  })),
  recordedCase('an expectation: by draws', () => ({
    svi: svi({ ...expectation(search, bowl), optimizer }),
    batch: undefined,
  })),
  recordedCase('an expectation: antithetic draws, 4 particles', () => ({
    svi: svi({ ...expectation(search, bowl, { particles: 4, antithetic: true }), optimizer }),
    batch: undefined,
  })),
  recordedCase('an expectation: antithetic scores, 6 particles', () => ({
    svi: svi({
      ...expectation(search, bowl, { particles: 6, antithetic: true, gradient: 'score' }),
      optimizer,
    }),
    batch: undefined,
  })),
  recordedCase('an expectation of host code: scores, 5 particles', () => ({
    svi: svi({ ...expectation(search, steps, { particles: 5 }), optimizer }),
    batch: undefined,
  })),
  recordedCase('parameters that are computed', () => ({
    svi: assign((x: Tensor) =>
      program(function* () {
        yield* param('loc', 0.3);
        yield* param('scale', 1.2, { support: positive });
        const { mean, variance } = tf.moments(x);
        return { loc: mean, scale: tf.sqrt(variance) };
      }),
    ),
    batch: wave([7]),
  })),
  recordedCase('phases of wake and sleep', () => ({ svi: waking(), batch: wave([4]) })),
];
