/** Inferences with a site that is observed at some elements: every engine, evaluation, predictions. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  categorical,
  condition,
  elbo,
  iwae,
  key,
  normal,
  param,
  plate,
  predictive,
  program,
  sample,
  shared,
  svi,
  useBackend,
} from 'marginalia';
import { scoreFunction } from 'marginalia/estimators';
import { evaluator } from 'marginalia/inference';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sameInEveryEngine } from './compiled/engines.js';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];

describe('an inference', () => {
  beforeAll(() => useBackend('cpu')());
  afterAll(() => useBackend('wasm')());

  interface Batch extends Record<string, Tensor> {
    readonly x: Tensor;
    readonly label: Tensor;
  }
  const batch = (): Batch => ({
    x: tf.tensor1d([0.5, -1, 1.5, 0.2]),
    label: tf.tensor1d([2, -1, 0, -1]),
  });
  const logits = tf.tensor1d([0.3, -1, 2]);
  const model = ({ x: data, label }: Batch) =>
    condition(
      plate(
        'rows',
        data.shape[0] ?? 0,
        program(function* () {
          const c = yield* sample(
            'c',
            categorical({ logits: yield* shared(param('prior', logits)) }),
          );
          const z = yield* sample('z', normal(0, 1));
          const slope = yield* shared(param('slope', 0.5));
          yield* sample('x', normal(tf.add(tf.mul(c, slope), z), 0.8));
        }),
      ),
      { x: data, c: { value: label, where: tf.greaterEqual(label, 0) } },
    );
  const guide = ({ x: data }: Batch) =>
    plate(
      'rows',
      data.shape[0] ?? 0,
      shared(
        program(function* () {
          const b = yield* param('b', 0.8);
          const c = yield* sample(
            'c',
            categorical({ logits: tf.mul(tf.expandDims(tf.mul(data, b), -1), logits) }),
          );
          yield* sample('z', normal(tf.mul(c, yield* param('g', 0.2)), 0.6));
        }),
      ),
    );
  const inference = (objective: ReturnType<typeof elbo>) =>
    svi({ model, guide, objective, optimizer: adam(0.05) });

  it.each([
    ['summed', elbo()],
    ['drawn', elbo({ particles: 2, discrete: 'score' })],
    [
      'drawn beside an average',
      elbo({ estimators: { c: scoreFunction({ baseline: 'runningAverage' }) } }),
    ],
    ['weighed', iwae({ particles: 3 })],
  ] as const)('takes the same steps in every engine: %s', async (_, objective) => {
    const b = batch();
    const packed = tf.stack([b.x, b.label]);
    const unpack = (both: Tensor): Batch => {
      const [data = both, label = both] = tf.unstack(both);
      return { x: data, label };
    };
    const made = svi({
      model: (both: Tensor) => model(unpack(both)),
      guide: (both: Tensor) => guide(unpack(both)),
      objective,
      optimizer: adam(0.05),
    });
    await sameInEveryEngine(made, packed);
  });

  it('evaluates, weighs and predicts with what is known', async () => {
    const made = inference(elbo({ particles: 2 }));
    const b = batch();
    const state = made.init(key(0), b);
    const [eager, compiled] = await Promise.all(
      (['eager', 'compiled'] as const).map(async (engine) => {
        const run = evaluator(
          made,
          engine === 'eager' ? { engine } : { engine, executor: 'javascript' },
        );
        const found = await run.bound(state, b, { key: key(3) });
        const weighed = await run.evidence(state, b, { key: key(3), samples: 50 });
        await run.close();
        return [found.bound, weighed.total];
      }),
    );
    expect(compiled?.[0]).toBeCloseTo(eager?.[0] ?? NaN, 3);
    expect(compiled?.[1]).toBeCloseTo(eager?.[1] ?? NaN, 3);
    const draws = predictive(model(b), {
      guide: guide(b),
      params: state.params,
      key: key(1),
      samples: 30,
    });
    const rows = tf
      .unstack(draws['c'] ?? tf.zeros([1]), 1)
      .map((row) => [...new Set(numbers(row))]);
    expect(rows[0]).toEqual([2]);
    expect(rows[2]).toEqual([0]);
    expect(rows[1]?.length).toBeGreaterThan(1);
  });
});
