/** Training: keyed minibatches, interruption and exact resume, failures. */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { describe, expect, it } from 'vitest';
import {
  type Svi,
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
  positive,
  program,
  rowsOf,
  sample,
  sgd,
  showFitError,
  svi,
} from 'marginalia';
import { type CheckpointError, loadCheckpoint, saveCheckpoint } from 'marginalia/checkpoints';
import { explainNonFinite, showNonFinite } from 'marginalia/diagnostics';
import { type Checkpointing, type FitError, type Fitted, training } from 'marginalia/inference';
import { right } from '../either.js';
import { temporaryFolder } from '../temporary-folder.js';
import { epochOrder } from '../../src/data/batches.js';

const folder = temporaryFolder();

const data = rowsOf(
  Float32Array.from({ length: 10 }, (_, i) => i - 4),
  [],
);

const model = (x: Tensor) =>
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
  );

const guide = () =>
  program(function* () {
    const loc = yield* param('loc', 0);
    const scale = yield* param('scale', 1, { support: positive });
    yield* sample('mean', normal(loc, scale));
  });

const inference = svi({ model, guide, objective: elbo(), optimizer: adam(0.1) });

const left = <L, A>(e: E.Either<L, A>): L => {
  if (E.isRight(e)) throw new Error('expected a left');
  return e.left;
};

const bits = ({ params, optimizer, step, key: words }: SviState): string =>
  JSON.stringify([
    step,
    words,
    ...[params, optimizer].map((tensors) =>
      Object.entries(tensors).map(([name, x]) => [name, Array.from(x.dataSync())]),
    ),
  ]);

const free = (state: SviState): void => tf.dispose([state.params, state.optimizer]);

interface Run {
  readonly steps: number;
  readonly from?: SviState;
  readonly stopAt?: number;
  readonly checkpoint?: Checkpointing<CheckpointError>;
  readonly svi?: Svi<Tensor>;
}

const run = ({
  steps,
  from,
  stopAt,
  checkpoint,
  svi: other,
}: Run): Promise<E.Either<FitError<CheckpointError>, Fitted>> => {
  const cancel = new AbortController();
  if (stopAt === 0) cancel.abort();
  return fit({
    svi: other ?? inference,
    data,
    batchSize: 4,
    length: { steps },
    key: key(7),
    reportEvery: 1,
    signal: cancel.signal,
    onProgress: (p) => {
      if (p.step === stopAt) cancel.abort();
    },
    ...(from && { from }),
    ...(checkpoint && { checkpoint }),
  })();
};

describe('training', () => {
  it('ends where its listener says so, as where it is cancelled', async () => {
    const told: number[] = [];
    const options = { svi: inference, data, batchSize: 4, length: { steps: 12 }, key: key(7) };
    const onProgress = async ({ step }: { readonly step: number }) => {
      told.push(step);
      return step === 6 ? 'stop' : 'go on';
    };
    const ended = right(await fit({ ...options, reportEvery: 2, onProgress })());
    const cancelled = right(await run({ steps: 12, stopAt: 6 }));
    expect(told.at(-1)).toBe(6);
    expect(ended.finished).toBe(false);
    expect(bits(ended.state)).toBe(bits(cancelled.state));
    [ended.state, cancelled.state].forEach(free);
  });

  it('goes on from a checkpoint at any step with the same bits', async () => {
    const whole = right(await run({ steps: 12 })).state;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 12 }), async (at) => {
        const path = join(folder, 'resume.safetensors');
        const checkpoint = { every: { steps: 5 }, save: saveCheckpoint(path) };
        const part = right(await run({ steps: 12, stopAt: at, checkpoint }));
        expect(part.finished).toBe(at === 12);
        expect(part.state.step).toBe(at);
        if (at === 0) right(await saveCheckpoint(path)(part.state)());
        // A state that has nothing in common with the saved one but its shape.
        const x = tf.tensor1d([0]);
        const template = inference.init(key(99), x);
        const loaded = right(await loadCheckpoint(path, template)());
        tf.dispose([x, template.params, template.optimizer]);
        expect(bits(loaded)).toBe(bits(part.state));
        const rest = right(await run({ steps: 12, from: loaded }));
        expect(bits(rest.state)).toBe(bits(whole));
        [part.state, loaded, rest.state].forEach(free);
      }),
      { numRuns: 13, examples: [[0], [1], [5], [11], [12]] },
    );
    free(whole);
  });

  it('visits every element once an epoch, in an order that depends on key and epoch alone', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 1000 }),
        fc.integer({ min: 1, max: 50 }),
        fc.nat({ max: 9 }),
        (seed, size, epoch) => {
          const order = Array.from(epochOrder(key(seed), size, epoch));
          expect(order.toSorted((a, b) => a - b)).toEqual(
            Array.from({ length: size }, (_, i) => i),
          );
          expect(Array.from(epochOrder(key(seed), size, epoch))).toEqual(order);
        },
      ),
    );
    expect(epochOrder(key(0), 50, 0)).not.toEqual(epochOrder(key(0), 50, 1));
  });

  it('keeps the order of a batch of all elements, and of any where it is asked to', async () => {
    const orders = async (batchSize: number, shuffle?: boolean): Promise<readonly string[]> => {
      const seen: string[] = [];
      const watched = {
        size: 6,
        batch: (rows: Int32Array) => {
          seen.push(rows.join());
          return tf.tensor1d(Array.from(rows));
        },
      };
      const length = { epochs: 2 };
      const options = { svi: inference, data: watched, batchSize, length, key: key(5) };
      free(right(await fit({ ...options, ...(shuffle !== undefined && { shuffle }) })()).state);
      return seen;
    };
    expect(new Set(await orders(6))).toEqual(new Set(['0,1,2,3,4,5']));
    expect(new Set(await orders(3, false))).toEqual(new Set(['0,1,2', '3,4,5']));
    expect(new Set(await orders(3)).size).toBeGreaterThan(2);
  });

  it('tells of its progress, short batches counted', async () => {
    const seen: number[][] = [];
    const stream = training({
      svi: inference,
      data,
      batchSize: 4,
      length: { epochs: 2 },
      key: key(1),
      reportEvery: 1,
    });
    let next = await stream.next();
    while (next.done !== true) {
      seen.push([next.value.step, next.value.epoch, next.value.elements]);
      expect(next.value.steps).toBe(6);
      expect(next.value.rate).toBeGreaterThan(0);
      expect(next.value.secondsLeft).toBeGreaterThanOrEqual(0);
      next = await stream.next();
    }
    expect(seen).toEqual([
      [1, 1, 4],
      [2, 1, 4],
      [3, 1, 2],
      [4, 2, 4],
      [5, 2, 4],
      [6, 2, 2],
    ]);
    free(right(next.value).state);
  });

  it('reports the mean loss of the steps since the last report', async () => {
    const losses = async (reportEvery: number): Promise<readonly number[]> => {
      const seen: number[] = [];
      const fitted = await fit({
        svi: inference,
        data,
        batchSize: 5,
        length: { steps: 4 },
        key: key(1),
        reportEvery,
        onProgress: (p) => seen.push(p.loss),
      })();
      free(right(fitted).state);
      return seen;
    };
    const [each, pairs] = [await losses(1), await losses(2)];
    expect(each).toHaveLength(4);
    expect(pairs).toEqual(
      [0, 2].map((i) => expect.closeTo(((each[i] ?? 0) + (each[i + 1] ?? 0)) / 2, 5)),
    );
  });

  it('leaves no tensor behind, however it ends', async () => {
    const before = tf.memory().numTensors;
    free(right(await run({ steps: 3 })).state);
    free(right(await run({ steps: 3, stopAt: 2 })).state);
    for await (const progress of training({
      svi: inference,
      data,
      batchSize: 4,
      length: { steps: 9 },
      key: key(1),
      reportEvery: 1,
    })) {
      if (progress.step === 2) break;
    }
    const error = left(await run({ steps: 50, svi: exploding }));
    if (error._tag === 'nonFinite') freeState(error.state);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses lengths that are not whole numbers', async () => {
    const bad = fit({ svi: inference, data, batchSize: 0, length: { steps: 1 }, key: key(0) });
    await expect(bad()).rejects.toThrow(/batchSize.*at least 1.*0/);
  });

  it('fits the posterior of a conjugate model from minibatches', async () => {
    const fitted = right(await run({ steps: 600 }));
    // Precision 1/100 + 10, mean 10 · 0.5 / 10.01.
    expect(fitted.state.params['loc']?.dataSync()[0]).toBeCloseTo(0.4995, 0);
    expect(Math.exp(fitted.state.params['scale']?.dataSync()[0] ?? 0)).toBeCloseTo(0.316, 1);
    free(fitted.state);
  });
});

/** A learning rate so large that the scale overflows within a few steps. */
const exploding = svi({ model, guide, objective: elbo(), optimizer: sgd(1e6) });

describe('a loss that is not finite', () => {
  it('ends training with the site that caused it', async () => {
    const error = left(await run({ steps: 50, svi: exploding }));
    if (error._tag !== 'nonFinite') throw new Error(error._tag);
    expect(showFitError(error)).toBe(showNonFinite(error.where));
    expect(['loc', 'scale', 'mean', 'x']).toContain(error.where.site);
    expect(showNonFinite(error.where)).toMatch(/Step \d+: .*'(loc|scale|mean|x)'.*learning rate/);
  });

  it('hands over the state before it, which trains on elsewhere', async () => {
    const error = left(await run({ steps: 50, svi: exploding }));
    if (error._tag !== 'nonFinite') throw new Error(error._tag);
    const { state, where } = error;
    expect(state.step).toBe(where.step);
    const same = right(await run({ steps: where.step, svi: exploding })).state;
    expect(bits(state)).toBe(bits(same));
    [state, same].forEach(freeState);
  });

  it('or a checkpoint that fails, or a batch that does not compile', async () => {
    const save = (): TaskEither<CheckpointError, void> => async () =>
      E.left({ _tag: 'unwritable', path: 'here', reason: 'full' });
    const unsaved = left(await run({ steps: 9, checkpoint: { every: { steps: 4 }, save } }));
    if (unsaved._tag !== 'checkpoint') throw new Error(unsaved._tag);
    const same = right(await run({ steps: 4 })).state;
    expect(bits(unsaved.state)).toBe(bits(same));
    [unsaved.state, same].forEach(freeState);
    // The third batch is of two rows, whose values the model looks at.
    const reading = svi({
      model: (x: Tensor) => (x.size === 2 && x.dataSync() ? model(x) : model(x)),
      guide,
      objective: elbo(),
      optimizer: adam(0.1),
    });
    const length = { steps: 9 };
    const options = { svi: reading, data, batchSize: 4, length, key: key(7) };
    const unread = left(await fit({ ...options, engine: 'compiled' })());
    if (unread._tag !== 'notCompiled') throw new Error(unread._tag);
    expect(unread.state?.step).toBe(2);
    if (unread.state) freeState(unread.state);
  });

  it('names an observation that makes it', () => {
    const [bad, good] = [tf.tensor1d([0, Number.NaN]), tf.tensor1d([0, 1])];
    const state = inference.init(key(0), good);
    const found = explainNonFinite(inference, state, bad);
    expect(found).toMatchObject({ site: 'x', step: 0, what: 'sample value' });
    expect(explainNonFinite(inference, state, good)).toBeUndefined();
    free(state);
    tf.dispose([bad, good]);
  });
});
