/** Held-out losses: what they are, when they end training, and what optimisers make of them. Seeds are fixed. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import {
  type SviState,
  type Tensor,
  adam,
  elbo,
  fit,
  freeState,
  key,
  normal,
  observe,
  param,
  paramValues,
  plate,
  program,
  rowsOf,
  sample,
  sgd,
  svi,
} from 'marginalia';
import { loadCheckpoint, saveCheckpoint } from 'marginalia/checkpoints';
import type { Dataset } from 'marginalia/data';
import { type EngineOptions, phases, stateTensors } from 'marginalia/inference';
import { dropout } from 'marginalia/nn';
import { minimize } from 'marginalia/objectives';
import { type Optimizer, chained, reduceOnPlateau } from 'marginalia/optimizers';
import { randomNormal } from 'marginalia/random';
import { describe, expect, it } from 'vitest';
import { right } from '../either.js';
import { temporaryFolder } from '../temporary-folder.js';

// Here, and not in a test: what is begun there is not cleared away.
const folder = temporaryFolder();

const RATE = 0.1;

/** The mean square of x − loc, which starts at 0. */
const distance = (x: Tensor) =>
  program(function* () {
    return tf.mean(tf.square(tf.sub(x, yield* param('loc', 0))));
  });

const made = (optimizer: Optimizer) => svi({ ...minimize(distance), optimizer });

const same = (value: number, size: number): Dataset<tf.Tensor> =>
  rowsOf(new Float32Array(size).fill(value), []);

const numbersOf = (state: SviState): readonly (readonly number[])[] =>
  stateTensors(state).map((x) => [...x.dataSync()]);

/** Where loc is after so many steps towards 4, each of a fifth of the way. */
const locAfter = (step: number): number => 4 * (1 - (1 - 2 * RATE) ** step);

const towards4 = {
  svi: made(sgd(RATE)),
  data: same(4, 8),
  batchSize: 8,
  length: { steps: 40 },
  key: key(0),
} as const;

const engines: readonly EngineOptions[] = [{ engine: 'eager' }, { engine: 'compiled' }];

describe.each(engines)('held-out losses with %j', (engine) => {
  it('are those at their steps, and end training when patience is over', async () => {
    const heldOut = { data: same(2, 3), every: { steps: 2 }, patience: 3, batchSize: 2 };
    const told: (number | undefined)[] = [];
    const found = right(
      await fit({
        ...towards4,
        ...engine,
        heldOut,
        reportEvery: 1,
        onProgress: (p) => told.push(p.heldOut?.step),
      })(),
    );
    // loc passes 2 in step 4, after which the loss rises: at 6, 8 and 10 it is no better.
    expect(found.heldOut.map((l) => l.step)).toEqual([2, 4, 6, 8, 10]);
    found.heldOut.forEach(({ step, loss }) =>
      expect(loss).toBeCloseTo((locAfter(step) - 2) ** 2, 5),
    );
    expect([found.finished, found.state.step]).toEqual([true, 10]);
    expect(found.state.heldOut).toEqual(found.heldOut);
    expect(told).toEqual([undefined, 2, 2, 4, 4, 6, 6, 8, 8, 10]);
    // Patience that is over stays so.
    const again = right(await fit({ ...towards4, ...engine, heldOut, from: found.state })());
    expect([again.state.step, again.heldOut.length]).toEqual([10, 5]);
    [found.state, again.state].forEach(freeState);
  });

  it('are the mean of the data in batches of any size, at the same draws each time, without dropout', async () => {
    const drop = dropout('drop', { rate: 0.5 });
    const stochastic = svi({
      model: (x: Tensor) =>
        plate(
          'rows',
          { size: 6, indices: tf.range(0, x.shape[0] ?? 0, 1, 'int32') },
          program(function* () {
            const z = yield* sample('z', normal(0, 1));
            const h = yield* drop(tf.expandDims(tf.add(z, x), -1));
            yield* observe('y', normal(tf.squeeze(h, [-1]), 1), x);
          }),
        ),
      guide: (x: Tensor) =>
        plate(
          'rows',
          { size: 6, indices: tf.range(0, x.shape[0] ?? 0, 1, 'int32') },
          program(function* () {
            yield* sample('z', normal(yield* param('at', 0), 1));
          }),
        ),
      objective: elbo(),
      optimizer: sgd(0),
    });
    const options = { svi: stochastic, batchSize: 2, key: key(1), length: { epochs: 3 } };
    const data = rowsOf(Float32Array.from([1, 2, 3, 4, 5, 6]), []);
    const { state, heldOut } = right(
      await fit({ ...options, ...engine, data, heldOut: { data } })(),
    );
    expect(heldOut.map((l) => l.step)).toEqual([3, 6, 9]);
    expect(new Set(heldOut.map((l) => l.loss)).size).toBe(1);
    freeState(state);
    const mean = async (batchSize: number): Promise<number | undefined> => {
      const ended = right(
        await fit({
          ...towards4,
          ...engine,
          svi: made(sgd(0)),
          length: { steps: 1 },
          heldOut: { data: rowsOf(Float32Array.from([1, 2, 3, 4, 5]), []), batchSize },
        })(),
      );
      freeState(ended.state);
      return ended.heldOut[0]?.loss;
    };
    for (const size of [1, 2, 5]) expect(await mean(size)).toBeCloseTo(55 / 5, 5);
  });

  it('move the scale of updates on a plateau, exactly as told', async () => {
    const optimizer = chained(sgd(RATE), reduceOnPlateau({ factor: 0.5, patience: 1 }));
    const found = right(
      await fit({
        ...towards4,
        ...engine,
        svi: made(optimizer),
        length: { steps: 8 },
        heldOut: { data: same(2, 1), every: { steps: 2 } },
      })(),
    );
    // The first loss that is not better comes at step 6; steps 7 and 8 go half as far.
    const at6 = locAfter(6);
    const expected = 4 - (4 - at6) * (1 - RATE) ** 2;
    expect(paramValues(found.state)['loc']?.dataSync()[0]).toBeCloseTo(expected, 5);
    expect(found.state.optimizer['1/scale']?.dataSync()[0]).toBe(0.25);
    freeState(found.state);
  });

  it('and what they moved go on from a checkpoint with the same bits', async () => {
    const noisy = rowsOf(randomNormal(key(3), 40), []);
    const inference = made(chained(adam(0.3), reduceOnPlateau({ factor: 0.5, patience: 2 })));
    const options = {
      ...engine,
      svi: inference,
      data: noisy,
      batchSize: 8,
      key: key(4),
      heldOut: {
        data: rowsOf(randomNormal(key(5), 7), []),
        every: { steps: 3 },
        patience: 9,
        batchSize: 4,
      },
    };
    const whole = right(await fit({ ...options, length: { steps: 25 } })());
    expect(whole.state.optimizer['1/scale']?.dataSync()[0]).toBeLessThan(1);
    const path = join(folder, 'parts.safetensors');
    for (const steps of [2, 12]) {
      const part = right(
        await fit({
          ...options,
          length: { steps },
          checkpoint: { every: { steps: 100 }, save: saveCheckpoint(path) },
        })(),
      );
      const from = right(await loadCheckpoint(path, part.state)());
      const rest = right(await fit({ ...options, from, length: { steps: 25 } })());
      expect(numbersOf(rest.state)).toEqual(numbersOf(whole.state));
      expect(rest.heldOut).toEqual(whole.heldOut);
      [part.state, from, rest.state].forEach(freeState);
    }
    freeState(whole.state);
  });
});

describe('held-out losses', () => {
  it('that stay the same are in vain to patience and to a plateau alike', async () => {
    const inference = made(chained(sgd(0), reduceOnPlateau({ factor: 0.5, patience: 2 })));
    const data = rowsOf(Float32Array.from([0.3, 0.1, 0.7]), []);
    const { state, heldOut } = right(
      await fit({
        ...towards4,
        svi: inference,
        length: { steps: 20 },
        heldOut: { data, every: { steps: 1 }, batchSize: 2, patience: 9 },
      })(),
    );
    expect(heldOut.length).toBe(10);
    expect(state.optimizer['1/scale']?.dataSync()[0]).toBe(0.5 ** 4);
    freeState(state);
  });

  it('that are not finite come back from a checkpoint as they were', async () => {
    const path = join(folder, 'not-finite.safetensors');
    const { state } = right(await fit({ ...towards4, length: { steps: 1 } })());
    const heldOut = [Infinity, -Infinity, Number.NaN, 1.5].map((loss, step) => ({ step, loss }));
    right(await saveCheckpoint(path)({ ...state, heldOut })());
    const back = right(await loadCheckpoint(path, state)());
    expect(back.heldOut).toEqual(heldOut);
    [state, back].forEach(freeState);
  });
});

describe('held-out data', () => {
  it('leave compiled steps compiled', async () => {
    const notes: string[] = [];
    const found = right(
      await fit({
        ...towards4,
        svi: made(chained(sgd(RATE), reduceOnPlateau({ patience: 1 }))),
        engine: 'compiled',
        onEngine: (note) => notes.push(note),
        heldOut: { data: same(2, 4), every: { steps: 1 } },
      })(),
    );
    expect(notes.length).toBe(1);
    expect(found.heldOut.length).toBe(40);
    freeState(found.state);
  });

  it('that cannot be evaluated are a left with the state, and nothing is left behind', async () => {
    const before = tf.memory().numTensors;
    const broken: Dataset<tf.Tensor> = {
      size: 2,
      batch: () => {
        throw new Error('no such file');
      },
    };
    const ended = await fit({ ...towards4, heldOut: { data: broken, every: { steps: 3 } } })();
    if (E.isRight(ended)) throw new Error('it could be evaluated');
    expect(ended.left).toMatchObject({ _tag: 'threw', during: 'evaluation' });
    expect(ended.left.state.step).toBe(3);
    freeState(ended.left.state);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('move the optimiser of each phase that goes by them', async () => {
    const plateau = (rate: number) =>
      chained(sgd(rate), reduceOnPlateau({ patience: 1, factor: 0.5 }));
    const both = phases({ first: made(plateau(0)), second: made(sgd(0)) });
    const { state } = right(
      await fit({
        ...towards4,
        svi: both,
        length: { steps: 2 },
        heldOut: { data: same(2, 1), every: { steps: 1 } },
      })(),
    );
    expect(state.optimizer['first/1/scale']?.dataSync()[0]).toBe(0.5);
    freeState(state);
  });

  it('are asked for rightly, or refused', async () => {
    const asked = (heldOut: unknown) => fit({ ...towards4, heldOut: heldOut as never })();
    await expect(asked({})).rejects.toThrow(/heldOut.*data/);
    await expect(asked({ data: same(1, 2), every: { steps: 0 } })).rejects.toThrow(/at least 1/);
    await expect(asked({ data: same(1, 2), patience: 0 })).rejects.toThrow(/patience/);
    await expect(asked({ data: same(1, 2), batchSize: 3 })).rejects.toThrow(/at most 2/);
    await expect(asked({ data: same(1, 2), minDelta: -1 })).rejects.toThrow(/minDelta/);
    const plateau = made(chained(sgd(1), reduceOnPlateau()));
    await expect(fit({ ...towards4, svi: plateau })()).rejects.toThrow(/held-out data/);
    expect(() => reduceOnPlateau({ factor: 1 })).toThrow(RangeError);
    expect(() => reduceOnPlateau({ floor: 2 })).toThrow(RangeError);
  });
});

describe('reduceOnPlateau', () => {
  const scaleAfter = (
    options: Parameters<typeof reduceOnPlateau>[0],
    losses: readonly number[],
  ) => {
    const optimizer = reduceOnPlateau(options);
    const state = losses.reduce(
      (so, loss) => optimizer.observe?.(so, loss) ?? so,
      optimizer.init({}),
    );
    return state['scale']?.dataSync()[0];
  };

  it('waits for its patience after the best and after each fall, down to its floor', () => {
    const options = { factor: 0.5, patience: 2 };
    expect(scaleAfter(options, [1, 2])).toBe(1);
    expect(scaleAfter(options, [1, 2, 1])).toBe(0.5);
    expect(scaleAfter(options, [1, 2, 0.5, 1])).toBe(1);
    expect(scaleAfter(options, [1, 2, 2, 2, 2])).toBe(0.25);
    expect(scaleAfter({ ...options, floor: 0.4 }, [1, 2, 2, 2, 2])).toBeCloseTo(0.4, 6);
    expect(scaleAfter({ ...options, minDelta: 0.5 }, [1, 0.75, 0.6])).toBe(0.5);
    expect(scaleAfter(options, [Number.NaN, Number.NaN])).toBe(0.5);
    expect(scaleAfter(options, [Number.NaN, 7, 6])).toBe(1);
  });
});
