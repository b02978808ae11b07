/** What a batch may be in compiled training: any nesting, any leaves, as in eager training. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Tensor,
  adam,
  elbo,
  fit,
  key,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  svi,
  useBackend,
} from 'marginalia';
import type { Dataset } from 'marginalia/data';
import { of } from 'marginalia/monad';
import { freeState } from '../../../src/inference/stepper.js';
import { right } from '../../either.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

/** Fits x ~ N(loc + shift(batch), scale(batch)) and returns every loss. */
const losses = async <B extends tf.TensorContainer>(
  data: Dataset<B>,
  read: (batch: B) => { readonly x: Tensor; readonly shift: Tensor; readonly scale: number },
  engine: 'eager' | 'compiled' | 'auto',
  notes: string[] = [],
): Promise<readonly number[]> => {
  const inference = svi({
    model: (batch: B) =>
      program(function* () {
        const loc = yield* param('loc', 0.1);
        const { x, shift, scale } = read(batch);
        yield* plate('data', x.size, observe('x', normal(tf.add(loc, shift), scale), x));
      }),
    guide: () => of({}),
    objective: elbo(),
    optimizer: adam(0.1),
  });
  const seen: number[] = [];
  const fitted = await fit({
    svi: inference,
    data,
    batchSize: 2,
    length: { epochs: 2 },
    key: key(3),
    engine,
    reportEvery: 1,
    onProgress: (p) => seen.push(p.loss),
    onEngine: (note) => notes.push(note),
  })();
  freeState(right(fitted).state);
  return seen;
};

const sameLosses = async <B extends tf.TensorContainer>(
  data: Dataset<B>,
  read: Parameters<typeof losses<B>>[1],
): Promise<void> => {
  const [eager, compiled] = [
    await losses(data, read, 'eager'),
    await losses(data, read, 'compiled'),
  ];
  expect(compiled).toEqual(eager.map((x) => expect.closeTo(x, 3)));
};

const numbers = (rows: Int32Array): Tensor => tf.tensor1d(Array.from(rows, (r) => Math.sin(r)));

describe('a batch', () => {
  it('may hold one tensor twice, and two the next time', async () => {
    let first = true;
    const data: Dataset<{ readonly x: Tensor; readonly y: Tensor }> = {
      size: 4,
      batch: (rows) => {
        const x = numbers(rows);
        const y = first ? x : tf.add(x, 100);
        first = false;
        return { x, y };
      },
    };
    const read = ({ x, y }: { readonly x: Tensor; readonly y: Tensor }) => ({
      x: y,
      shift: x,
      scale: 1,
    });
    const eager = await losses(data, read, 'eager');
    first = true;
    expect(await losses(data, read, 'compiled')).toEqual(eager.map((x) => expect.closeTo(x, 0)));
  });

  it('may hold numbers, told apart to the last infinity', async () => {
    await sameLosses(
      {
        size: 6,
        batch: (rows, k) => ({
          x: numbers(rows),
          s: [Number.NaN, Infinity, -Infinity][k[0] % 3] ?? 0,
        }),
      },
      ({ x, s }) => ({ x, shift: tf.scalar(0), scale: Number.isNaN(s) ? 1 : s > 0 ? 2 : 5 }),
    );
  });

  it('may have keys with slashes', async () => {
    await sameLosses(
      { size: 4, batch: (rows) => ({ 'a/b': numbers(rows), a: { b: tf.mul(numbers(rows), 3) } }) },
      (batch) => ({ x: batch['a/b'], shift: batch.a.b, scale: 1 }),
    );
  });

  it('may be handed out again and again by its data set', async () => {
    const mine = tf.tensor1d([1, 2]);
    await sameLosses({ size: 2, batch: () => mine }, (x) => ({ x, shift: tf.scalar(0), scale: 1 }));
    expect(mine.isDisposed).toBe(false);
  });

  it('of typed arrays trains eagerly, and says why', async () => {
    const notes: string[] = [];
    const data: Dataset<Float32Array> = { size: 4, batch: (rows) => Float32Array.from(rows) };
    await losses(
      data,
      (b) => ({ x: tf.tensor1d(b), shift: tf.scalar(0), scale: 1 }),
      'auto',
      notes,
    );
    expect(notes).toEqual([expect.stringMatching(/^eager: .*put its numbers in tensors/)]);
  });

  it('with a number that is always another is not compiled without end', async () => {
    const notes: string[] = [];
    let count = 0;
    const data = {
      size: 24,
      batch: (rows: Int32Array) => {
        count += 1;
        return { x: numbers(rows), s: 1 + count / 100 };
      },
    };
    const read = ({ x, s }: { readonly x: Tensor; readonly s: number }) => ({
      x,
      shift: tf.scalar(0),
      scale: s,
    });
    expect(await losses(data, read, 'auto', notes)).toHaveLength(24);
    expect(notes).toEqual([
      ...Array.from({ length: 8 }, () => expect.stringMatching(/^compiled/)),
      expect.stringMatching(/^eager from step \d+: batches came in more than 8 forms/),
    ]);
  });

  it('that cannot be compiled when it comes is trained on eagerly', async () => {
    const notes: string[] = [];
    const data: Dataset<Tensor> = { size: 5, batch: numbers };
    const read = (x: Tensor) => ({
      x,
      shift:
        x.size === 1
          ? tf.image.transform(x.as4D(1, 1, 1, 1), [[1, 0, 0, 0, 1, 0, 0, 0]]).as1D()
          : x,
      scale: 1,
    });
    const auto = await losses(data, read, 'auto', notes);
    expect(notes).toEqual([
      expect.stringMatching(/^compiled/),
      expect.stringMatching(/^eager on \w+ for a batch \[1\]; the operation Transform cannot/),
    ]);
    expect(auto).toEqual((await losses(data, read, 'eager')).map((x) => expect.closeTo(x, 4)));
  });
});

describe('a plate that the engine subsamples', () => {
  it('compiles, the same in model and guide', async () => {
    const inference = svi({
      model: (x: Tensor) =>
        plate('rows', { size: 6, subsample: 3 }, (rows) =>
          program(function* () {
            const z = yield* sample('z', normal(0, 1));
            yield* observe('x', normal(z, 1), tf.gather(x, rows));
          }),
        ),
      guide: () =>
        plate(
          'rows',
          { size: 6, subsample: 3 },
          program(function* () {
            yield* sample('z', normal(yield* param('loc', 0), 1));
          }),
        ),
      objective: elbo(),
      optimizer: adam(0.1),
    });
    const run = async (engine: 'eager' | 'compiled'): Promise<readonly number[]> => {
      const seen: number[] = [];
      const data = { size: 6, batch: numbers };
      const options = { svi: inference, data, batchSize: 6, length: { steps: 4 }, key: key(9) };
      const onProgress = ({ loss }: { readonly loss: number }) => void seen.push(loss);
      freeState(right(await fit({ ...options, engine, reportEvery: 1, onProgress })()).state);
      return seen;
    };
    const eager = await run('eager');
    expect(await run('compiled')).toEqual(eager.map((x) => expect.closeTo(x, 4)));
  });
});

describe('fit', () => {
  it('hands over the state where its listener throws, and frees the rest', async () => {
    const before = tf.memory().numTensors;
    const inference = svi({
      model: (x: Tensor) =>
        program(function* () {
          const loc = yield* param('loc', 0);
          yield* plate('data', x.size, observe('x', normal(loc, 1), x));
        }),
      guide: () => of({}),
      objective: elbo(),
      optimizer: adam(0.1),
    });
    const failing = fit({
      svi: inference,
      data: { size: 4, batch: numbers },
      batchSize: 2,
      length: { steps: 3 },
      key: key(0),
      reportEvery: 1,
      onProgress: () => {
        throw new Error('a listener');
      },
    });
    const ended = await failing();
    if (E.isRight(ended)) throw new Error('the listener threw');
    expect(ended.left).toMatchObject({ _tag: 'threw', during: 'callback' });
    expect(ended.left.state.step).toBe(1);
    freeState(ended.left.state);
    expect(tf.memory().numTensors).toBe(before);
  });
});
