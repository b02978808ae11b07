/**
 * Whatever happens once there is a state comes back as a left that holds the last good one; a
 * mistake that is there before throws at once. Nothing is left behind by either.
 */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import {
  type Program,
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
  plate,
  program,
  rowsOf,
  showFitError,
  svi,
} from 'marginalia';
import { loadCheckpoint, saveCheckpoint } from 'marginalia/checkpoints';
import type { Dataset } from 'marginalia/data';
import {
  type Engine,
  type FitError,
  type FitOptions,
  stateTensors,
  training,
} from 'marginalia/inference';
import { of } from 'marginalia/monad';
import type { Optimizer } from 'marginalia/optimizers';
import { right } from '../either.js';
import { temporaryFolder } from '../temporary-folder.js';

const values = Float32Array.from({ length: 10 }, (_, i) => i - 4);
const data = rowsOf(values, []);

type Model = (x: Tensor) => Program<unknown, unknown>;

const model: Model = (x) =>
  program(function* () {
    const loc = yield* param('loc', 0);
    yield* plate('data', x.size, observe('x', normal(loc, 1), x));
  });

const inferenceOf = (own: Model = model, optimizer: Optimizer = adam(0.1)) =>
  svi({ model: own, guide: () => of({}), objective: elbo(), optimizer });

const inference = inferenceOf();

type Asked = Partial<FitOptions<Tensor, string>> & { readonly onProgress?: () => unknown };

const run = (asked: Asked = {}): Promise<E.Either<FitError<string>, { state: SviState }>> =>
  fit({
    svi: inference,
    data,
    batchSize: 4,
    length: { steps: 9 },
    key: key(7),
    reportEvery: 1,
    ...asked,
  })();

const left = <L, A>(e: E.Either<L, A>): L => {
  if (E.isRight(e)) throw new Error('expected a left');
  return e.left;
};

const numbersOf = (state: SviState): readonly (readonly number[])[] =>
  stateTensors(state).map((x) => [...x.dataSync()]);

const folder = temporaryFolder();

/** A left's state is that of so many steps, finite, can be saved, and goes on to the same end. */
const checkState = async (state: SviState, step: number, engine: Engine): Promise<void> => {
  const same = right(await run({ length: { steps: step }, engine })).state;
  expect(state.step).toBe(step);
  expect(numbersOf(state)).toEqual(numbersOf(same));
  expect(numbersOf(state).flat().every(Number.isFinite)).toBe(true);
  const path = `${folder}/left.safetensors`;
  right(await saveCheckpoint(path)(state)());
  const loaded = right(await loadCheckpoint(path, same)());
  const [rest, whole] = [right(await run({ from: loaded, engine })), right(await run({ engine }))];
  expect(numbersOf(rest.state)).toEqual(numbersOf(whole.state));
  [same, loaded, rest.state, whole.state].forEach(freeState);
};

const thrown = new Error('no more');
const throws = (): never => {
  throw thrown;
};
const rejects = async (): Promise<never> => throws();

/** A function that throws at its nth call. */
const throwsAt = (n: number): (() => void) => {
  let calls = 0;
  return () => {
    calls += 1;
    if (calls === n) throws();
  };
};

/** Batches that fail at a step. */
const failingData = (step: number): Dataset<Tensor> => {
  const fail = throwsAt(step + 2);
  return {
    size: 10,
    batch: (rows, k) => {
      tf.ones([3]);
      // The first is an example, to make the first state from.
      fail();
      return data.batch(rows, k);
    },
  };
};

/** Throws on the last batch of an epoch, which is short: a compiled step runs it when it is compiled. */
const throwingModel: Model = (x) => {
  tf.ones([3]);
  return x.size === 2 ? throws() : model(x);
};

describe.each<Engine>(['eager', 'compiled', 'auto'])('once training has begun, %s,', (engine) => {
  it.each<readonly [string, () => Asked, FitError['_tag'], string, number]>([
    ['a program', () => ({ svi: inferenceOf(throwingModel) }), 'threw', 'step', 2],
    ['the data', () => ({ data: failingData(5) }), 'threw', 'data', 5],
    ['the first batch', () => ({ data: failingData(0) }), 'threw', 'data', 0],
    ['onProgress', () => ({ onProgress: throwsAt(3) }), 'threw', 'callback', 3],
    ['onProgress, later,', () => ({ onProgress: rejects }), 'threw', 'callback', 1],
    ['onEngine', () => ({ onEngine: throws }), 'threw', 'callback', 0],
    ['a save', () => ({ checkpoint: { every: { steps: 4 }, save: throws } }), 'threw', 'save', 4],
    [
      "a save's task",
      () => ({ checkpoint: { every: { steps: 4 }, save: () => rejects } }),
      'threw',
      'save',
      4,
    ],
    [
      'the last save',
      () => ({ checkpoint: { every: { steps: 400 }, save: () => rejects } }),
      'threw',
      'save',
      9,
    ],
  ])('%s that throws gives the state', async (_, asked, _tag, during, step) => {
    const before = tf.memory().numTensors;
    const error = left(await run({ ...asked(), engine }));
    expect(error).toMatchObject({ _tag, during, error: thrown });
    if (error._tag !== 'checkpoint') expect(showFitError(error)).toMatch(/ threw.*: no more\.$/);
    await checkState(error.state, step, engine);
    freeState(error.state);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('a batch that does not compile, or data that fail where it goes on, give the state', async () => {
    const before = tf.memory().numTensors;
    const unread = inferenceOf((x) => model(tf.add(x, tf.mul(0, tf.randomUniform([1])))));
    const first = left(await run({ svi: unread, engine: 'compiled' }));
    expect(first._tag).toBe('notCompiled');
    await checkState(first.state, 0, engine);
    const from = right(await run({ length: { steps: 3 }, engine })).state;
    const second = left(await run({ from, data: { ...data, batch: throws }, engine }));
    expect(second).toMatchObject({ _tag: 'threw', during: 'data' });
    await checkState(second.state, 3, engine);
    [first.state, second.state, from].forEach(freeState);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('a listener of the stream that stops, or throws into it, leaves nothing behind', async () => {
    const before = tf.memory().numTensors;
    const options = {
      svi: inference,
      data,
      batchSize: 4,
      length: { steps: 9 },
      key: key(7),
      engine,
    };
    for await (const { step } of training({ ...options, reportEvery: 1 })) if (step === 2) break;
    await expect(async () => {
      for await (const _ of training(options)) throws();
    }).rejects.toThrow('no more');
    const stream = training({ ...options, reportEvery: 1 });
    await stream.next();
    const next = await stream.throw(thrown);
    if (next.done !== true) throw new Error('it went on');
    const { state } = left(next.value);
    await checkState(state, 1, engine);
    freeState(state);
    expect(tf.memory().numTensors).toBe(before);
  });
});

/** Divides by zero in the update of a step: its loss is finite, what comes after is not. */
const spoiling = (step: number): Optimizer => {
  const { init, update } = adam(0.1);
  return {
    init,
    update: (gradients, before, params) => {
      const { updates, state } = update(gradients, before, params);
      const count = state['0/count'] ?? throws();
      const spoil = tf.div(0, tf.sub(count, step));
      return {
        updates: Object.fromEntries(
          Object.entries(updates).map(([name, x]) => [name, tf.add(x, spoil)]),
        ),
        state,
      };
    },
  };
};

describe.each<Engine>(['eager', 'compiled'])('an update that is not finite, %s,', (engine) => {
  it.each([
    ['is found by the loss after it', 9, undefined],
    ['where it is the last', 6, undefined],
    ['where a save comes after it', 9, 6],
    ['where many steps were taken at once', 2000, undefined],
  ])('%s: the state is that before it', async (_, steps, every) => {
    const before = tf.memory().numTensors;
    const saved: number[] = [];
    const at = steps === 2000 ? 1500 : 5;
    const error = left(
      await run({
        svi: inferenceOf(model, spoiling(at + 1)),
        length: { steps },
        engine,
        ...(steps === 2000 && { batchSize: 10, reportEvery: 1000 }),
        checkpoint: {
          every: { steps: every ?? 1_000_000 },
          save: (state) => async () => {
            saved.push(state.step);
            return E.right(undefined);
          },
        },
      }),
    );
    if (error._tag !== 'nonFinite') throw new Error(error._tag);
    expect(showFitError(error)).toMatch(/loc/);
    expect(error.state.step).toBe(at);
    expect(saved).toEqual([at]);
    expect(numbersOf(error.state).flat().every(Number.isFinite)).toBe(true);
    if (steps !== 2000) await checkState(error.state, 5, engine);
    freeState(error.state);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('before there is a state', () => {
  it.each([
    ['data that fail', { data: { size: 10, batch: throws } }, 'no more'],
    ['a program that throws', { svi: inferenceOf(throws) }, 'no more'],
    ['another guide', { svi: inferenceOf((x) => observe('x', normal(x, 1), tf.ones([7]))) }, /./],
  ])('%s throws at once', async (_, asked, message) => {
    const before = tf.memory().numTensors;
    await expect(run(asked)).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});
