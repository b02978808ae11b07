/** Steps that a compiled stepper takes eagerly: where one throws, those before it are counted. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import {
  elbo,
  factor,
  freeState,
  key,
  noise,
  normal,
  param,
  program,
  sgd,
  svi,
  useBackend,
} from 'marginalia';
import { of } from 'marginalia/monad';
import { blackBox } from 'marginalia/tensors';
import { compiledStepper } from '../../../src/inference/compiled/compiled-stepper.js';
import { right } from '../../either.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

it('are where their state is after one that throws', async () => {
  let left = Infinity;
  const counted = blackBox(
    () => {
      left -= 1;
      if (left < 0) throw new Error('no more');
      return 0;
    },
    { shape: [] },
  );
  const inference = svi({
    model: () =>
      program(function* () {
        const pull = tf.neg(tf.square(yield* param('loc', 1)));
        yield* factor('pull', tf.add(pull, counted(yield* noise('any', normal(0, 1)))));
      }),
    guide: () => of({}),
    objective: elbo(),
    optimizer: sgd(0.1),
  });
  const first = inference.init(key(0));
  const stepper = right(
    await compiledStepper(inference, first, undefined, {}, (ways) =>
      ways.filter(({ way }) => way._tag === 'eager'),
    ),
  );
  left = 3;
  await expect(stepper.advance(undefined, 5)).rejects.toThrow('no more');
  const state = stepper.state();
  expect(state.step).toBeGreaterThan(0);
  expect(stepper.at()).toBe(state.step);
  await stepper.close();
  freeState(state);
  freeState(first);
});
