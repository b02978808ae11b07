/** Flows in steps: as guides conditional on data, with particles, and as densities of data, in every engine. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  elbo,
  independent,
  normal,
  observe,
  plate,
  program,
  sample,
  sgd,
  svi,
  transformed,
  useBackend,
} from 'marginalia';
import { affineCoupling, inverseAutoregressive, maskedAutoregressive, planar, splineCoupling } from 'marginalia/nn'; // prettier-ignore
import { beforeAll, it } from 'vitest';
import { vectors } from '../../dsl/flows/flow-cases.js';
import { sameInEveryEngine } from './engines.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const base = independent(normal([0, 0], 1));
const small = { dim: 2, hidden: [4], activation: 'tanh' } as const;
const spline = { bins: 3 };

it('flows are trained alike by every engine', async () => {
  const model = (x: Tensor) =>
    program(function* () {
      const density = yield* maskedAutoregressive('density', { ...small, spline });
      const inverted = yield* planar('inverted', { dim: 2 });
      yield* plate(
        'data',
        x.shape[0] ?? 0,
        program(function* () {
          const z = yield* sample('z', base);
          const a = yield* sample('a', transformed(base, density));
          const b = yield* sample('b', base);
          const mean = tf.add(tf.add(z, a), tf.mul(b, 2));
          yield* observe('x', independent(normal(mean, 1)), x);
          yield* observe('y', transformed(base, inverted), x);
        }),
      );
    });
  const guide = (x: Tensor) =>
    program(function* () {
      const context = x;
      const first = yield* inverseAutoregressive('z', { ...small, context });
      const second = yield* affineCoupling('a', { ...small, context });
      const third = yield* splineCoupling('b', { ...small, ...spline, context });
      yield* plate(
        'data',
        x.shape[0] ?? 0,
        program(function* () {
          yield* sample('z', transformed(base, first));
          yield* sample('a', transformed(base, second));
          yield* sample('b', transformed(base, third));
        }),
      );
    });
  const made = svi({ model, guide, objective: elbo({ particles: 2 }), optimizer: sgd(0.01) });
  await sameInEveryEngine(made, vectors([3, 2]));
});
