/** A run that goes on from a state: the state's own order of data, its saves, its rate, its carry. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import {
  type SviState,
  type Tensor,
  adam,
  condition,
  elbo,
  fit,
  freeState,
  key,
  normal,
  param,
  plate,
  program,
  rowsOf,
  sample,
  sgd,
  svi,
} from 'marginalia';
import { evaluator } from 'marginalia/inference';
import type { Joint } from 'marginalia/objectives';
import { describe, expect, it } from 'vitest';
import { right } from '../either.js';
import { reporter } from '../../src/training/progress.js';
import { apartFrom } from '../../src/inference/svi-state.js';

const data = rowsOf(
  Float32Array.from({ length: 10 }, (_, i) => i - 4),
  [],
);
const inference = svi({
  model: (x: Tensor) =>
    condition(
      program(function* () {
        const mean = yield* sample('mean', normal(0, 10));
        yield* plate(
          'data',
          { size: 10, indices: tf.range(0, x.size, 1, 'int32') },
          sample('x', normal(mean, 1)),
        );
      }),
      { x },
    ),
  guide: () =>
    program(function* () {
      yield* sample('mean', normal(yield* param('loc', 0), 1));
    }),
  objective: elbo(),
  optimizer: adam(0.1),
});

const trained = async (
  steps: number,
  seed: number,
  from?: SviState,
  save?: (step: number) => void,
  batchSize = 4,
): Promise<SviState> => {
  const options = { svi: inference, data, batchSize, length: { steps }, key: key(seed) };
  const fitted = await fit({
    ...options,
    ...(from && { from }),
    ...(save && {
      checkpoint: {
        every: { steps: 4 },
        save: (state: SviState) => async () => {
          save(state.step);
          return E.right(undefined);
        },
      },
    }),
  })();
  return right(fitted).state;
};

const bits = ({ params, step }: SviState): string =>
  JSON.stringify([step, ...Object.values(params).map((x) => Array.from(x.dataSync()))]);

describe('a resumed run', () => {
  it('goes on in the order of its own key, whatever key is passed', async () => {
    const whole = await trained(9, 7);
    for (const at of [2, 4]) {
      const part = await trained(at, 7);
      const rest = await trained(9, 8, part);
      expect(bits(rest)).toBe(bits(whole));
      [part, rest].forEach(freeState);
    }
    freeState(whole);
  });

  it.each([4, 10])('saves at the same steps as one run, batches of %i', async (batchSize) => {
    for (const at of [0, 3, 4, 5, 8]) {
      const part = await trained(at, 7, undefined, undefined, batchSize);
      const saved: number[] = [];
      const rest = await trained(14, 7, part, (step) => saved.push(step), batchSize);
      expect(saved).toEqual([4, 8, 12, 14].filter((step) => step > at));
      [part, rest].forEach(freeState);
    }
  });

  it('tells the rate of its own steps, and where it stands', async () => {
    const walk = {
      step: 1001,
      at: () => walk.step,
      state: () => {
        throw new Error('not asked for');
      },
    };
    const reports = reporter(walk, 2000, 10, 4);
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 20));
    walk.step = 1002;
    reports.add([1], {});
    const { rate, epoch, elements } = reports.report();
    // One step took 20 ms or more; a thousand and two would be some 50,000 a second.
    expect(rate).toBeLessThanOrEqual(1 / 0.019);
    expect(rate).toBeGreaterThan(1000 / (performance.now() - began + 5));
    // It was the third and last batch of its epoch, a short one.
    expect([epoch, elements]).toEqual([334, 2]);
  });
});

describe('states that share tensors', () => {
  it('are parted, what an objective remembers as well', () => {
    const x = tf.tensor1d([0]);
    const state = inference.init(key(0), x);
    const remembering = { ...state, carry: { average: tf.scalar(1) } };
    const apart = apartFrom(remembering, { ...remembering, step: 1 });
    freeState(remembering);
    expect(apart.carry['average']?.dataSync()[0]).toBe(1);
    freeState(apart);
    x.dispose();
  });
});

describe('an evaluator', () => {
  it.each(['eager', 'compiled'] as const)('tells objectives the step, %s', async (engine) => {
    const base = elbo();
    const growing = {
      ...base,
      estimate: (joint: Joint) => {
        const estimate = base.estimate(joint);
        const step = joint.source.step ?? tf.scalar(Number.NaN);
        return { ...estimate, value: tf.mul(estimate.value, tf.add(step, 1)) };
      },
    };
    const scheduled = svi({
      model: () => sample('z', normal(0, 1)),
      guide: () => sample('z', normal(2, 1)),
      objective: growing,
      optimizer: sgd(0.1),
    });
    const state = scheduled.init(key(0));
    const evaluation = evaluator(scheduled, { engine });
    // KL(N(2, 1) ‖ N(0, 1)) is 2, times one more than the steps taken.
    expect((await evaluation.bound({ ...state, step: 4 }, undefined)).bound).toBeCloseTo(-10, 4);
    await evaluation.close();
    freeState(state);
  });
});
