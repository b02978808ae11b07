/** Options that are unknown, missing or out of range are errors that name them and state a cure. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  type Tensor,
  adam,
  elbo,
  fit,
  freeState,
  key,
  normal,
  observe,
  param,
  program,
  rowsOf,
  svi,
} from 'marginalia';
import { compile } from 'marginalia/compile';
import {
  type EngineOptions,
  type FitOptions,
  evaluator,
  predictor,
  training,
} from 'marginalia/inference';
import { of } from 'marginalia/monad';

const inferenceOf = (name: string, start: number | readonly number[] = 0) =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        yield* observe('x', normal(tf.sum(yield* param(name, start)), 1), tf.sum(x));
      }),
    guide: () => of({}),
    objective: elbo(),
    optimizer: adam(0.1),
  });

const inference = inferenceOf('loc');
const data = rowsOf(new Float32Array([1, 2, 3, 4]), []);
const base = { svi: inference, data, batchSize: 2, length: { steps: 3 }, key: key(0) };

/** Options as a caller has them whom no compiler warns; `undefined` leaves one out. */
const asked = (change: object): FitOptions<Tensor> & typeof base => {
  const merged: typeof base = Object.assign({ ...base }, change);
  return merged;
};

const bad: readonly (readonly [object, string | RegExp])[] = [
  [{ engine: 'fast' }, "engine to be one of 'auto', 'eager', 'compiled', but got 'fast'"],
  [{ executor: 'x' }, /executor to be one of .*'javascript'.*, but got 'x'; correct its spelling/],
  [{ threads: 0 }, /threads to be a whole number .*, but got 0; pass 1, say/],
  [{ threads: 1.5 }, 'but got 1.5'],
  [{ executionProviders: [] }, 'executionProviders to be a list'],
  [{ executionProviders: 'cpu' }, "but got 'cpu'; pass ['cpu'], say"],
  [{ onEngine: true }, 'onEngine to be a function, but got true'],
  [{ svi: undefined }, 'svi to be an inference, but got nothing; pass svi({'],
  [{ svi: {} }, 'svi to be an inference, but got an object'],
  [{ data: undefined }, 'data to be a data set, but got nothing; pass rowsOf('],
  [{ data: [1, 2] }, 'data to be a data set, but got [1, 2]'],
  [
    { data: { size: 0, batch: data.batch } },
    'data: expected size to be a whole number of at least 1',
  ],
  [{ data: { size: 2, batch: 1 } }, 'data: expected batch to be a function, but got 1'],
  [{ key: undefined }, 'key to be a key, but got nothing; pass key(0), say'],
  [{ key: 7 }, 'key to be a key, but got 7'],
  [{ batchSize: undefined }, 'batchSize to be a whole number of at least 1, but got nothing'],
  [{ batchSize: 0 }, 'batchSize to be a whole number of at least 1, but got 0'],
  [{ batchSize: 5 }, 'batchSize to be at most 4, the size of the data, but got 5; pass 4'],
  [{ length: undefined }, 'length to be a length, but got nothing; pass { epochs: 10 }'],
  [{ length: {} }, 'length: expected epochs or steps, but got neither'],
  [{ length: { steps: 1, epochs: 1 } }, 'length: expected epochs or steps, but got both'],
  [{ length: { steps: Number.NaN } }, 'steps to be a whole number of at least 0, but got NaN'],
  [{ length: { epochs: -1 } }, 'epochs to be a whole number of at least 0, but got -1'],
  [{ length: { step: 3 } }, "length: expected options among epochs, steps, but got 'step'"],
  [{ shuffle: 'no' }, "shuffle to be true or false, but got 'no'"],
  [{ reportEvery: 0.5 }, 'reportEvery to be a whole number of at least 1, but got 0.5'],
  [{ signal: {} }, 'signal to be an AbortSignal, but got an object'],
  [
    { checkpoint: { every: 5, save: String } },
    'checkpoint: expected every to be an interval, but got 5',
  ],
  [
    { checkpoint: { every: {}, save: String } },
    'every: expected steps, minutes or both, but got neither',
  ],
  [
    { checkpoint: { every: { steps: 0 }, save: String } },
    'steps to be a whole number of at least 1',
  ],
  [
    { checkpoint: { every: { minutes: 0 }, save: String } },
    'minutes to be a finite number above 0',
  ],
  [{ checkpoint: { every: { hours: 1 }, save: String } }, "among steps, minutes, but got 'hours'"],
  [{ checkpoint: { every: { steps: 1 }, save: 1 } }, 'save to be a function, but got 1'],
  [
    { lenght: { steps: 1 } },
    /expected options among svi, .*, but got 'lenght'; write 'length', or leave it out/,
  ],
  [{ constructor: 1 }, "but got 'constructor'"],
  [{ from: {} }, 'from to be a state, but got an object'],
];

describe('fit and training', () => {
  it.each(bad)('refuse %j', async (change, message) => {
    const before = tf.memory().numTensors;
    await expect(fit(asked(change))()).rejects.toThrow(RangeError);
    await expect(fit(asked(change))()).rejects.toThrow(message);
    await expect(training(asked(change)).next()).rejects.toThrow(/^training: |^training: /);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuse options of each other', async () => {
    await expect(training(asked({ onProgress: String })).next()).rejects.toThrow("'onProgress'");
    await expect(fit(asked({ onProgress: 1 }))()).rejects.toThrow('onProgress to be a function');
  });

  const x = tf.tensor1d([1]);
  const [own, other, wide] = [inference, inferenceOf('mean'), inferenceOf('loc', [0, 0])].map(
    (made) => made.init(key(0), x),
  );
  const freed = inference.init(key(0), x);
  freeState(freed);
  it.each([
    ['of another inference', other, "from: expected 'params/loc', but got a state without it"],
    ['of another shape', wide, "expected 'params/loc' of shape [], but got [2]"],
    ['that was freed', freed, 'but got a state that was freed; pass a state that this inference'],
    [
      'before its start',
      { ...own, step: -1 },
      'step to be a whole number of at least 0, but got -1',
    ],
    ['with more in it', { ...own, carry: { mean: x } }, "but got 'carry/mean' beside them"],
    [
      'that is not finite',
      { ...own, params: { loc: tf.scalar(Number.NaN) } },
      "finite numbers, but got NaN in 'params/loc'",
    ],
  ])('refuse to go on from a state %s', async (_, from, message) => {
    const before = tf.memory().numTensors;
    await expect(fit(asked({ from }))()).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('what takes an engine', () => {
  const engines = bad.slice(0, 7);
  const options = (change: object): EngineOptions => change;

  it.each(engines)('refuses %j', async (change, message) => {
    expect(() => evaluator(inference, options(change))).toThrow(message);
    expect(() => predictor({ model: () => of(1) }, options(change))).toThrow(message);
    if (!('engine' in change || 'onEngine' in change)) {
      const f = ({ x = tf.scalar(0) }) => ({ y: x });
      await expect(compile(f, { x: tf.scalar(1) }, options(change))()).rejects.toThrow(message);
    }
  });

  it('refuses what it does not know, and draws without a key', async () => {
    expect(() => evaluator(inference, options({ thread: 1 }))).toThrow(
      'evaluator: expected options',
    );
    expect(() => predictor({ model: () => of(1) }, options({ thread: 1 }))).toThrow("'thread'");
    const none: { readonly key: ReturnType<typeof key>; readonly samples: number } = Object.assign(
      { key: key(0), samples: 1 },
      { key: undefined },
    );
    const prediction = predictor({ model: () => of(1) });
    await expect(prediction.draw({}, undefined, none)).rejects.toThrow('key to be a key');
    await expect(prediction.draw({}, undefined, { key: key(0), samples: 0 })).rejects.toThrow(
      'samples to be a whole number of at least 1, but got 0',
    );
    const x = tf.tensor1d([1]);
    const state = inference.init(key(0), x);
    const evaluation = evaluator(inference);
    const text: { readonly key: ReturnType<typeof key> } = JSON.parse('{ "key": "seed" }');
    await expect(evaluation.bound(state, x, text)).rejects.toThrow(
      "key to be a key, but got 'seed'",
    );
  });
});
