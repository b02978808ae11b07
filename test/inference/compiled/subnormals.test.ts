/** Moments that decay end at zero, at steps that are told by their number alone. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type SviState,
  adam,
  elbo,
  factor,
  freeState,
  key,
  param,
  program,
  svi,
  useBackend,
} from 'marginalia';
import { of } from 'marginalia/monad';
import { compiledStepper } from '../../../src/inference/compiled/compiled-stepper.js';
import { namedState } from '../../../src/inference/named-state.js';
import { right } from '../../either.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

/** A parameter on which nothing depends, so that Adam's moments decay. */
const still = svi({
  model: () =>
    program(function* () {
      const loc = yield* param('loc', tf.zeros([8]));
      yield* factor('none', tf.sum(tf.mul(loc, 0)));
    }),
  guide: () => of({}),
  objective: elbo(),
  optimizer: adam(1e-3),
});

const numbersOf = (state: SviState): readonly number[] =>
  Object.values(namedState(state)).flatMap((x) => [...x.dataSync()]);

describe.each(['javascript', 'onnxruntime'] as const)('steps by %s', (executor) => {
  /** What is left of moments that were 1, after steps in these portions, each from the state before. */
  const after = async (...portions: readonly number[]): Promise<readonly number[]> => {
    const first = still.init(key(0), undefined);
    const ones = Object.entries(first.optimizer).map(([name, x]) => [name, tf.onesLike(x)]);
    let state: SviState = { ...first, optimizer: Object.fromEntries(ones) };
    for (const count of portions) {
      const stepper = right(await compiledStepper(still, state, undefined, { executor }));
      right(await stepper.advance(undefined, count));
      freeState(state);
      state = stepper.state();
      await stepper.close();
    }
    const numbers = numbersOf(state);
    freeState(state);
    return numbers;
  };

  it('lead to zero, and no number stays below the normal ones', async () => {
    const below = (x: number): boolean => x !== 0 && Math.abs(x) < 2 ** -126;
    expect((await after(828)).filter((x) => x === 0)).toEqual([]);
    // 0.9 to the power of 832 is 2^−126.5.
    const numbers = await after(832);
    expect(numbers.filter((x) => x === 0)).toHaveLength(8);
    expect(numbers.filter(below)).toEqual([]);
  });

  it('are the same bits where they go on from a state of before', async () => {
    expect(await after(100, 800)).toEqual(await after(900));
    expect(await after(100, 924, 76)).toEqual(await after(1100));
  });
});
