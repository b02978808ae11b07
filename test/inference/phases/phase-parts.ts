/** Programs, objectives and inferences that the tests of phases share. */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Svi,
  type SviState,
  type Tensor,
  adam,
  cosineDecay,
  elbo,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  sgd,
  svi,
} from 'marginalia';
import { betaElbo, estimateTerms } from 'marginalia/objectives';
import { linearSchedule } from 'marginalia/optimizers';
import { metricTensors } from '../../../src/inference/metrics.js';

export const numbers = (x?: Tensor): readonly number[] => [...(x?.dataSync() ?? [Number.NaN])];

/** The ELBO, which remembers how often it was estimated, and the mean bound since then. */
export const remembering = (): Objective => ({
  ...elbo({ particles: 2, closedFormKl: 'never' }),
  carry: () => ({ count: tf.scalar(0), mean: tf.zeros([1]) }),
  estimate: (joint) => {
    const { count = tf.scalar(NaN), mean = tf.zeros([1]) } = joint.source.carry ?? {};
    const estimate = estimateTerms(joint);
    const next = tf.add(count, 1);
    return {
      ...estimate,
      // What is remembered weighs on the bound, and so on the gradient.
      surrogate: tf.mul(estimate.surrogate, tf.add(1, tf.sum(tf.tanh(mean)))),
      carry: { count: next, mean: tf.add(mean, tf.div(tf.sub(estimate.value, mean), next)) },
    };
  },
});

/** Frees what an evaluation found. */
export const freeMetrics = (metrics: ReturnType<Svi<Tensor>['evaluate']>): void => {
  tf.dispose([...metricTensors(metrics)]);
};

export const bits = (state: SviState): readonly (readonly [string, readonly number[]])[] =>
  Object.entries({ ...state.params, ...state.optimizer, ...state.carry }).map(([name, x]) => [
    name,
    numbers(x),
  ]);

/** A model whose prior is learned, and a guide: parameters of both kinds, and one that both have. */
export const both = {
  model: (x: Tensor) =>
    program(function* () {
      const slope = yield* param('model/slope', 0.5);
      const common = yield* param('common', 0.2);
      const z = yield* sample('z', normal(yield* param('model/prior', 0.3), 1));
      yield* plate(
        'data',
        x.shape[0] ?? 0,
        observe('x', normal(tf.add(tf.mul(slope, z), common), 1), x),
      );
    }),
  guide: () =>
    program(function* () {
      const scale = yield* param('guide/scale', 1, { support: positive });
      const loc = tf.add(yield* param('guide/loc', 0), yield* param('common', 0.2));
      yield* sample('z', normal(loc, scale));
    }),
};

export const three = (): Tensor => tf.tensor1d([1, 2, 0.5]);

/** Two inferences of the same parameters: overlapping groups, other optimisers, schedules, carry. */
export const eStep = (): Svi<Tensor> =>
  svi({
    ...both,
    objective: betaElbo({ beta: linearSchedule(0.2, 1, 9), particles: 2, closedFormKl: 'never' }),
    optimizer: adam(cosineDecay(0.1, 20)),
    trains: ['guide', 'common'],
  });
export const mStep = (): Svi<Tensor> =>
  svi({
    ...both,
    objective: remembering(),
    optimizer: sgd(0.05, { momentum: 0.9 }),
    trains: ['model', 'common'],
  });
