/** Compiled inference at work: many steps in a call, evaluation, prediction. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Tensor,
  adam,
  condition,
  elbo,
  evidence,
  fit,
  foldIn,
  freeState,
  independent,
  key,
  normal,
  observe,
  param,
  plate,
  positive,
  predictive,
  program,
  rowsOf,
  sample,
  sgd,
  svi,
  useBackend,
} from 'marginalia';
import { evaluator, predictor } from 'marginalia/inference';
import { eubo } from 'marginalia/objectives';
import { compiledStepper } from '../../../src/inference/compiled/compiled-stepper.js';
import { eagerStepper } from '../../../src/inference/stepper.js';
import { gap, wave } from '../../compile/compiled-values.js';
import { right } from '../../either.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

/** Data in a plate about a mean with a prior; everything learned by the guide. */
const regression = (scale: number) =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* plate('data', x.shape[0] ?? 0, observe('x', normal(tf.mul(z, scale), 1), x));
      }),
    guide: () =>
      program(function* () {
        const loc = yield* param('loc', 0.5);
        yield* sample('z', normal(loc, yield* param('sd', 0.7, { support: positive })));
      }),
    objective: elbo({ closedFormKl: 'never' }),
    optimizer: adam(0.05),
  });

describe('many steps in one call', () => {
  it.each(['eager', 'onnxruntime', 'javascript'] as const)(
    'are those one by one, %s',
    async (engine) => {
      const made = regression(2);
      const x = wave([4]);
      const first = made.init(key(3), x);
      const stepper = async () =>
        engine === 'eager'
          ? eagerStepper(made, first)
          : right(await compiledStepper(made, first, x, { executor: engine }));
      const [once, each] = [await stepper(), await stepper()];
      const losses = right(await once.advance(x, 7));
      const single: number[] = [];
      for (let i = 0; i < 7; i += 1) single.push(...right(await each.advance(x)));
      expect(losses).toEqual(single);
      const [a, b] = [once.state(), each.state()];
      expect(once.at()).toBe(7);
      for (const [name, value] of Object.entries(a.params)) {
        expect(value.dataSync()).toEqual(b.params[name]?.dataSync());
      }
      [a, b, first].forEach(freeState);
      await once.close();
      await each.close();
    },
  );

  it.each(['eager', 'onnxruntime', 'javascript'] as const)(
    'end where a loss is not finite, and leave the state there, %s',
    async (engine) => {
      const made = svi({
        // log of a falling parameter: fine until it is below zero.
        model: () =>
          program(function* () {
            const level = yield* param('level', 1);
            yield* observe('x', normal(tf.log(level), 1), -100);
          }),
        guide: () => program(function* () {}),
        objective: elbo(),
        optimizer: sgd(0.004),
      });
      const first = made.init(key(0), undefined);
      const stepper =
        engine === 'eager'
          ? eagerStepper(made, first)
          : right(await compiledStepper(made, first, undefined, { executor: engine }));
      const losses = right(await stepper.advance(undefined, 20));
      expect(losses.length).toBeLessThan(20);
      expect(losses.at(-1)).toBeNaN();
      expect(losses.slice(0, -1).every(Number.isFinite)).toBe(true);
      expect(stepper.at()).toBe(losses.length - 1);
      const state = stepper.state();
      expect(state.params['level']?.dataSync()[0]).toBeLessThan(0);
      [state, first].forEach(freeState);
      await stepper.close();
    },
  );

  it('train as single steps do, with the same reports', async () => {
    const made = regression(1);
    const values = Float32Array.from({ length: 6 }, (_, i) => i / 3);
    const losses = async (fixed: boolean): Promise<readonly number[]> => {
      const found: number[] = [];
      const rows = rowsOf(values, []);
      const fitted = await fit({
        svi: made,
        data: { ...rows, fixed },
        batchSize: 6,
        length: { steps: 90 },
        reportEvery: 30,
        key: key(1),
        executor: 'javascript',
        onProgress: ({ step, loss }) => found.push(step, loss),
      })();
      freeState(right(fitted).state);
      return found;
    };
    const [many, one] = [await losses(true), await losses(false)];
    expect(many).toEqual(one);
    expect(many.filter((_, i) => i % 2 === 0)).toEqual([30, 60, 90]);
  });

  it('take no more memory after 100,000 of them', async () => {
    const made = regression(1);
    const x = wave([4]);
    const first = made.init(key(3), x);
    const stepper = right(await compiledStepper(made, first, x, { executor: 'javascript' }));
    await stepper.advance(x, 2000);
    const tensors = tf.memory().numTensors;
    const before = process.memoryUsage();
    for (let i = 0; i < 100; i += 1) await stepper.advance(x, 1000);
    const after = process.memoryUsage();
    expect(stepper.at()).toBe(102_000);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(1e6);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(30e6);
    freeState(first);
    await stepper.close();
  });
});

describe('evaluation', () => {
  const made = regression(1.5);
  const x = wave([5]);
  const state = made.init(key(8), x);

  it('gives an upper bound itself, not what is maximised', async () => {
    const above = svi({
      model: () =>
        condition(
          program(function* () {
            const z = yield* sample('z', normal(0, 1));
            yield* sample('x', normal(z, 1));
          }),
          { x: 5 },
        ),
      guide: () => sample('z', normal(2.5, Math.SQRT1_2)),
      objective: eubo({ particles: 4 }),
      optimizer: adam(0.1),
    });
    const start = above.init(key(0));
    const evaluation = evaluator(above);
    // The guide is the posterior, so every bound is log N(5; 0, 2).
    const { bound } = await evaluation.bound(start, undefined);
    expect(bound).toBeCloseTo(-25 / 4 - 0.5 * Math.log(4 * Math.PI), 4);
    await evaluation.close();
    freeState(start);
  });

  it.each(['onnxruntime', 'javascript'] as const)(
    'gives the eager bound and evidence, %s',
    async (executor) => {
      const notes: string[] = [];
      const evaluation = evaluator(made, {
        executor,
        engine: 'compiled',
        onEngine: (n) => notes.push(n),
      });
      const { bound, terms } = await evaluation.bound(state, x, { key: key(2) });
      const several = await evaluation.bound(state, x, { key: key(2), draws: 3 });
      const others = [1, 2].map((i) =>
        made.evaluate(state, x, { key: foldIn(key(2), i) }).loss.dataSync(),
      );
      const each = [-bound, ...others.map(([loss = Number.NaN]) => loss)];
      const mean = each.reduce((sum, loss) => sum + loss, 0) / 3;
      expect(several.bound / -mean).toBeCloseTo(1, 5);
      const square = each.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
      expect((several.standardError ?? NaN) / Math.sqrt(square / 6)).toBeCloseTo(1, 3);
      const eager = made.evaluate(state, x, { key: key(2) });
      expect(-bound / (eager.loss.dataSync()[0] ?? 0)).toBeCloseTo(1, 5);
      for (const [name, term] of Object.entries(eager.terms)) {
        expect(terms[name]).toBeCloseTo(term.dataSync()[0] ?? Number.NaN, 4);
      }
      const sampling = { key: key(3), samples: 20, chunk: 8 };
      const compiled = await evaluation.evidence(state, x, sampling);
      const expected = await evidence(made.model(x), made.guide(x), {
        ...sampling,
        params: state.params,
      });
      expect(compiled.total).toBeCloseTo(expected.total, 4);
      expect(compiled.standardError[0]).toBeCloseTo(expected.standardError[0] ?? 0, 4);
      expect(notes[0]).toMatch(/^compiled: /);
      await evaluation.close();
    },
  );

  it('gives the eager predictions', async () => {
    const model = (d: Tensor) =>
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* plate(
          'rows',
          d.shape[0] ?? 0,
          sample('y', independent(normal(tf.add(d, tf.expandDims(z, -1)), 1))),
        );
      });
    const guide = () => sample('z', normal(1, 0.5));
    const prediction = predictor({ model, guide }, { engine: 'compiled' });
    const at = { key: key(5), samples: 3 };
    const d = wave([2, 4]);
    const drawn: Readonly<Record<string, Tensor>> = await prediction.draw({}, d, at);
    const expected = predictive(model(d), { ...at, guide: guide() });
    expect(Object.keys(drawn)).toEqual(Object.keys(expected));
    for (const [name, value] of Object.entries(expected)) {
      expect(gap(drawn[name] ?? tf.scalar(Number.NaN), value)).toBeLessThan(1e-5);
    }
    await prediction.close();
  });

  it('refuses a program that reads values, in every engine, with the cure', async () => {
    const reading = svi({
      model: (v: Tensor) =>
        program(function* () {
          yield* observe('x', normal(yield* param('loc', v.dataSync()[0] ?? 0), 1), v);
        }),
      guide: () => program(function* () {}),
      objective: elbo(),
      optimizer: sgd(0.1),
    });
    const v = tf.scalar(2);
    const first = reading.init(key(0), v);
    const cure = /dataSync reads the value .* blackBox\(f, \{ shape \}\)/;
    for (const engine of ['auto', 'eager', 'compiled'] as const) {
      const { bound, close } = evaluator(reading, { engine });
      await expect(bound(first, v)).rejects.toThrow(cure);
      await close();
    }
    expect(() => reading.step(first, v)).toThrow(cure);
    expect(() => reading.gradients(first, v)).toThrow(cure);
    freeState(first);
  });
});
