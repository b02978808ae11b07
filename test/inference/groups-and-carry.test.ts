/** Parameter groups, and what an objective remembers from step to step. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Svi,
  type Tensor,
  adam,
  elbo,
  freeState,
  key,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  showDerivation,
  svi,
  useBackend,
} from 'marginalia';
import { loadCheckpoint, saveCheckpoint } from 'marginalia/checkpoints';
import { evaluator } from 'marginalia/inference';
import { estimateTerms, penalized } from 'marginalia/objectives';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledStepper } from '../../src/inference/compiled/compiled-stepper.js';
import { eagerStepper } from '../../src/inference/stepper.js';
import { right } from '../either.js';
import { sameInEveryEngine } from './compiled/engines.js';
import { both, numbers, remembering, three } from './phases/phase-parts.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-phases-'));

beforeAll(async () => {
  await useBackend('cpu')();
});

afterAll(() => rmSync(folder, { recursive: true }));

const conjugate = (objective: Objective): Svi<Tensor> =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* plate('data', x.shape[0] ?? 0, observe('x', normal(z, 1), x));
      }),
    guide: () =>
      program(function* () {
        const scale = yield* param('scale', 1, { support: positive });
        yield* sample('z', normal(yield* param('loc', 0), scale));
      }),
    objective,
    optimizer: adam(0.1),
  });

describe('what an objective remembers', () => {
  const x = (): Tensor => tf.tensor1d([1, 2, 0.5]);

  it.each([
    { name: 'an objective', objective: remembering() },
    { name: 'a penalised one', objective: penalized(remembering(), {}) },
  ])('goes from step to step, and no evaluation changes it: $name', ({ objective }) => {
    const [made, data] = [conjugate(objective), x()];
    let state = made.init(key(1), data);
    expect(numbers(state.carry['count'])).toEqual([0]);
    const losses: number[] = [];
    const before = tf.memory().numTensors;
    for (let i = 1; i <= 3; i += 1) {
      const { loss: seen, terms: parts } = made.evaluate(state, data);
      tf.dispose([seen, parts, { ...made.gradients(state, data) }]);
      expect(numbers(state.carry['count'])).toEqual([i - 1]);
      const [next, { loss, terms }] = made.step(state, data);
      losses.push(...loss.dataSync());
      tf.dispose([loss, terms]);
      freeState(state);
      state = next;
      expect(tf.memory().numTensors).toBe(before);
      expect(numbers(state.carry['count'])).toEqual([i]);
      const mean = losses.reduce((a, b) => a - b, 0) / i;
      expect(numbers(state.carry['mean'])[0]).toBeCloseTo(mean, 4);
    }
    freeState(state);
    data.dispose();
  });

  it('compiles, in every engine', async () => {
    await sameInEveryEngine(conjugate(remembering()), x(), 5);
    await sameInEveryEngine(conjugate(penalized(remembering(), {})), x(), 5);
  });

  it('is saved and resumed, and evaluated with', async () => {
    const [made, data] = [conjugate(remembering()), x()];
    const path = join(folder, 'memory.safetensors');
    const first = made.init(key(1), data);
    const stepper = eagerStepper(made, first);
    right(await stepper.advance(data, 2));
    const saved = stepper.state();
    right(await saveCheckpoint(path)(saved)());
    const loaded = right(await loadCheckpoint(path, first)());
    for (const [name, value] of Object.entries(saved.carry)) {
      expect(numbers(loaded.carry[name])).toEqual(numbers(value));
    }
    const evaluation = evaluator(made);
    const { bound } = await evaluation.bound(loaded, data);
    const { loss, terms } = made.evaluate(saved, data);
    expect(bound).toBeCloseTo(-(numbers(loss)[0] ?? NaN), 4);
    tf.dispose([loss, terms]);
    await evaluation.close();
    await stepper.close();
    [first, saved, loaded].forEach(freeState);
    data.dispose();
  });

  it('must be what it was before', () => {
    const data = x();
    const forgetful = {
      ...remembering(),
      estimate: (joint: Parameters<Objective['estimate']>[0]) => ({
        ...estimateTerms(joint),
        carry: { count: tf.zeros([2]) },
      }),
    };
    expect(() => conjugate(forgetful).init(key(0), data)).toThrow(
      /carry of the objective: expected count float32 \[\], mean float32 \[1\].*count float32 \[2\]/s,
    );
    data.dispose();
  });
});

describe('a group of parameters', () => {
  const bound = elbo({ particles: 2, closedFormKl: 'never' });

  it('is all that moves, and all that has an optimiser, in every engine', async () => {
    const x = three();
    const made = svi({ ...both, objective: bound, optimizer: adam(0.1), trains: ['guide'] });
    const first = made.init(key(2), x);
    expect(Object.keys(first.optimizer)).toEqual([
      '0/count',
      '0/mean/guide/scale',
      '0/mean/guide/loc',
      '0/square/guide/scale',
      '0/square/guide/loc',
    ]);
    const steppers = [
      eagerStepper(made, first),
      right(await compiledStepper(made, first, x, { executor: 'onnxruntime' })),
      right(await compiledStepper(made, first, x, { executor: 'javascript' })),
    ];
    for (const stepper of steppers) {
      right(await stepper.advance(x, 5));
      const after = stepper.state();
      for (const [name, before] of Object.entries(first.params)) {
        const now = numbers(after.params[name]);
        if (name.startsWith('guide/')) expect(now, name).not.toEqual(numbers(before));
        else expect(now, name).toEqual(numbers(before));
      }
      freeState(after);
      await stepper.close();
    }
    freeState(first);
    await sameInEveryEngine(made, x);
  });

  it('has the gradients that all parameters together have', () => {
    const x = three();
    const whole = svi({ ...both, objective: bound, optimizer: adam(0.1) });
    const some = svi({
      ...both,
      objective: bound,
      optimizer: adam(0.1),
      trains: (name) => name === 'common' || name.endsWith('slope'),
    });
    tf.tidy(() => {
      const state = whole.init(key(2), x);
      const [all, few] = [whole.gradients(state, x), some.gradients(some.init(key(2), x), x)];
      expect(Object.keys(few).toSorted()).toEqual(['common', 'model/slope']);
      for (const [name, g] of Object.entries(few)) expect(numbers(g)).toEqual(numbers(all[name]));
    });
    x.dispose();
  });

  it('must be there', () => {
    const x = three();
    const made = (trains: readonly string[] | ((name: string) => boolean)): Svi<Tensor> =>
      svi({ ...both, objective: bound, optimizer: adam(0.1), trains });
    expect(() => made(['guid']).init(key(0), x)).toThrow(/'guid'.*guide\/loc/s);
    expect(() => made(() => false).init(key(0), x)).toThrow(/at least one parameter/);
    x.dispose();
  });

  it('is told in the derivation', () => {
    const x = three();
    const made = svi({ ...both, objective: bound, optimizer: adam(0.1), trains: ['model'] });
    const state = made.init(key(2), x);
    expect(showDerivation(state.derivation)).toMatch(/parameters: model\/slope, model\/prior$/);
    freeState(state);
    x.dispose();
  });
});
