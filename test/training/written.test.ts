/** Steps on batches that are written where they are read, and what a call of many of them leaves. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Svi,
  type SviState,
  type Tensor,
  adam,
  bernoulli,
  elbo,
  fit,
  freeState,
  independent,
  key,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  rowsOf,
  sample,
  shared,
  showFitError,
  svi,
  useBackend,
} from 'marginalia';
import { type Dataset, bernoulliRows, zipped } from 'marginalia/data';
import { type EngineOptions, type FitOptions, phases, stateTensors } from 'marginalia/inference';
import { randomUniform } from 'marginalia/random';
import { right } from '../either.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

type Batch = { readonly bits: Tensor; readonly weights: Tensor };

const rowsIn = ({ weights }: Batch): number => weights.shape[0] ?? 0;

const programs = {
  model: (batch: Batch) =>
    plate(
      'data',
      rowsIn(batch),
      program(function* () {
        const level = yield* sample('level', normal(0, 1));
        const logits = yield* shared(param('logits', [0, 0, 0]));
        const shift = tf.expandDims(tf.mul(batch.weights, level), -1);
        yield* observe('x', independent(bernoulli({ logits: tf.add(shift, logits) })), batch.bits);
      }),
    ),
  guide: (batch: Batch) =>
    plate(
      'data',
      rowsIn(batch),
      program(function* () {
        const scale = yield* shared(param('scale', 1, { support: positive }));
        yield* sample('level', normal(yield* shared(param('loc', 0)), scale));
      }),
    ),
  objective: elbo(),
};

const inference = svi({ ...programs, optimizer: adam(0.05) });

const inPhases = phases({
  guide: svi({ ...programs, optimizer: adam(0.05), trains: ['loc', 'scale'] }),
  model: { svi: svi({ ...programs, optimizer: adam(0.05), trains: ['logits'] }), times: 2 },
});

const dataOf = (size: number): Dataset<Batch> =>
  zipped({
    bits: bernoulliRows(randomUniform(key(1), 3 * size), [3]),
    weights: rowsOf(randomUniform(key(2), size), []),
  });

/** A batch of four is short at the end of an epoch. */
const data = dataOf(10);

/** So many that an epoch does not end in between. */
const long = dataOf(200);

/** The same batches, made as tensors at every step. */
const { write: _, ...made } = data;

type Asked = Partial<FitOptions<Batch, never>> & {
  readonly onProgress?: (progress: { readonly step: number; readonly loss: number }) => unknown;
};

const run = (asked: Asked = {}) =>
  fit({
    svi: inference,
    data,
    batchSize: 4,
    length: { steps: 14 },
    key: key(7),
    engine: 'compiled' as const,
    ...asked,
  })();

const numbersOf = (state: SviState): readonly (readonly number[])[] =>
  stateTensors(state).map((x) => [...x.dataSync()]);

const stateAfter = async (asked: Asked): Promise<readonly (readonly number[])[]> => {
  const { state } = right(await run(asked));
  const numbers = numbersOf(state);
  freeState(state);
  return numbers;
};

const engines: readonly EngineOptions[] = [{ executor: 'javascript' }, { executor: 'onnxruntime' }];

describe.each(engines)('training with %j', (engine) => {
  it.each<readonly [string, Svi<Batch>]>([
    ['one inference', inference],
    ['phases', inPhases],
  ])('is the same bits whether batches are written or made, %s', async (_name, made_) => {
    const reports: (readonly [number, number])[][] = [];
    const states: (readonly (readonly number[])[])[] = [];
    for (const own of [data, made]) {
      const told: (readonly [number, number])[] = [];
      const onProgress: Asked['onProgress'] = ({ step, loss }) => told.push([step, loss]);
      states.push(
        await stateAfter({ ...engine, svi: made_, data: own, reportEvery: 7, onProgress }),
      );
      reports.push(told);
    }
    expect(states[0]).toEqual(states[1]);
    expect(reports[0]).toEqual(reports[1]);
    expect(reports[0]?.slice(0, 4).map(([step]) => step)).toEqual([3, 6, 9, 12]);
  });

  it('goes on from any step with the same bits', async () => {
    const whole = await stateAfter(engine);
    for (const steps of [1, 7]) {
      const from = right(await run({ ...engine, length: { steps } })).state;
      expect(await stateAfter({ ...engine, from })).toEqual(whole);
      freeState(from);
    }
  });
});

/** The data, with what is done before the batch of a step is written. */
const watched = (atCall: (call: number) => void): Dataset<Batch> => {
  let calls = 0;
  return {
    ...long,
    write: (rows, own, into) => {
      atCall(calls);
      calls += 1;
      long.write?.(rows, own, into);
    },
  };
};

/** Batches of one size: the first call of `write` is the check, the others are of steps 1, 2, … */
const ofOneSize = {
  data: long,
  batchSize: 5,
  length: { steps: 30 },
  executor: 'javascript',
} as const;

describe('many steps in a call', () => {
  it('make a batch of each size but once', async () => {
    const sizes: number[] = [];
    const counted: Dataset<Batch> = {
      ...data,
      batch: (rows, own) => {
        sizes.push(rows.length);
        return data.batch(rows, own);
      },
    };
    freeState(right(await run({ data: counted })).state);
    // The first is made as an example as well.
    expect(sizes).toEqual([4, 4, 2]);
  });

  it('stop after the step in progress', async () => {
    const stop = new AbortController();
    const ended = right(
      await run({
        ...ofOneSize,
        signal: stop.signal,
        data: watched((call) => {
          if (call === 12) stop.abort();
        }),
      }),
    );
    expect([ended.finished, ended.state.step]).toEqual([false, 13]);
    freeState(ended.state);
  });

  it('give the state where data fail, and it goes on to the same end', async () => {
    const before = tf.memory().numTensors;
    const failing = watched((call) => {
      if (call === 12) throw new Error('no more');
    });
    const told: number[] = [];
    const ended = await run({
      ...ofOneSize,
      data: failing,
      reportEvery: 5,
      onProgress: ({ step }) => told.push(step),
    });
    // Losses of the steps before the one that fails are told.
    expect(told).toEqual([5, 10, 12]);
    if (E.isRight(ended)) throw new Error('the data failed');
    expect(ended.left).toMatchObject({ _tag: 'threw', during: 'data' });
    expect(showFitError(ended.left)).toMatch(/no more/);
    const { state } = ended.left;
    expect(state.step).toBe(12);
    expect(numbersOf(state)).toEqual(await stateAfter({ ...ofOneSize, length: { steps: 12 } }));
    expect(await stateAfter({ ...ofOneSize, from: state })).toEqual(await stateAfter(ofOneSize));
    freeState(state);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('give the state before a loss that is not finite, and say whose it is', async () => {
    const bits = randomUniform(key(1), 200);
    const spoilt: Dataset<Tensor> = {
      ...rowsOf(bits, []),
      fixed: false,
      batch: (rows, own) => tf.tensor1d(gather(rows, own)),
      write: (rows, own, into) => into.set(gather(rows, own)),
    };
    const bad = new Set<string>();
    let calls = 0;
    const gather = (rows: Int32Array, own: readonly [number, number]): Float32Array => {
      calls += 1;
      if (calls === 20) bad.add(own.join());
      const values = Float32Array.from(rows, (row) => bits[row] ?? 0);
      return bad.has(own.join()) ? values.fill(Number.NaN) : values;
    };
    const of = svi({
      model: (x: Tensor) =>
        program(function* () {
          const loc = yield* param('loc', 0);
          yield* plate('data', x.size, observe('x', normal(loc, 1), x));
        }),
      guide: () => program(function* () {}),
      objective: elbo(),
      optimizer: adam(0.1),
    });
    const options = { ...ofOneSize, svi: of, key: key(3), data: spoilt };
    const ended = await fit(options)();
    if (E.isRight(ended)) throw new Error('the data were spoilt');
    const { left } = ended;
    // Two calls are the example and its check, and one is the batch of step 0.
    expect(left).toMatchObject({ _tag: 'nonFinite', where: { step: 17, site: 'x' } });
    expect(left.state.step).toBe(17);
    expect(numbersOf(left.state).flat().every(Number.isFinite)).toBe(true);
    freeState(left.state);
  });
});

describe('a data set that writes something else than it makes', () => {
  it('is refused before the first step', async () => {
    const wrong: Dataset<Batch> = { ...data, write: (_rows, _own, { bits }) => void bits.fill(7) };
    await expect(run({ data: wrong })).rejects.toThrow(
      /^data: expected 'write' to put the numbers of 'batch', but number 0 of batch\/bits is [01] by/,
    );
  });

  it('and is refused where its first short batch comes', async () => {
    const wrong: Dataset<Batch> = {
      ...data,
      write: (rows, own, into) => {
        data.write?.(rows, own, into);
        if (rows.length === 2) into.weights[1] = 9;
      },
    };
    const ended = await run({ data: wrong });
    if (E.isRight(ended)) throw new Error('it was taken');
    expect(ended.left).toMatchObject({ _tag: 'threw', during: 'data' });
    expect(ended.left.state.step).toBe(2);
    expect(showFitError(ended.left)).toMatch(/number 1 of batch\/weights/);
    freeState(ended.left.state);
  });
});
