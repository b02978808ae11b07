/** Steps of several phases, parameter groups, and what an objective remembers between steps. */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Tensor,
  adam,
  elbo,
  estimateTerms,
  key,
  normal,
  observe,
  param,
  penalized,
  plate,
  positive,
  program,
  sample,
  svi,
  useBackend,
} from 'marginalia';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluator, freeState, loadCheckpoint, saveCheckpoint } from '../src/index.js';
import { eagerStepper } from '../src/inference/stepper.js';
import { right } from './either.js';
import { sameInEveryEngine } from './engines.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-phases-'));

beforeAll(async () => {
  await useBackend('cpu')();
});

afterAll(() => rmSync(folder, { recursive: true }));

const numbers = (x?: Tensor): readonly number[] => [...(x?.dataSync() ?? [Number.NaN])];

/** The ELBO, which remembers how often it was estimated, and the mean bound since then. */
const remembering = (
  bound: Objective = elbo({ particles: 2, closedFormKl: 'never' }),
): Objective => ({
  ...bound,
  memory: () => ({ count: tf.scalar(0), mean: tf.zeros([1]) }),
  estimate: (joint) => {
    const { count = tf.scalar(NaN), mean = tf.zeros([1]) } = joint.source.memory ?? {};
    const estimate = estimateTerms(joint);
    const next = tf.add(count, 1);
    return {
      ...estimate,
      // What is remembered weighs on the bound, and so on the gradient.
      surrogate: tf.mul(estimate.surrogate, tf.add(1, tf.sum(tf.tanh(mean)))),
      memory: { count: next, mean: tf.add(mean, tf.div(tf.sub(estimate.value, mean), next)) },
    };
  },
});

const conjugate = (objective: Objective) =>
  svi({
    model: (x: Tensor) =>
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* plate('data', x.shape[0] ?? 0, observe('x', normal(z, 1), x));
      }),
    guide: (_: Tensor) =>
      program(function* () {
        const scale = yield* param('scale', 1, { support: positive });
        yield* sample('z', normal(yield* param('loc', 0), scale));
      }),
    objective,
    optimizer: adam(0.1),
  });

describe('what an objective remembers', () => {
  const x = (): Tensor => tf.tensor1d([1, 2, 0.5]);

  it('goes from step to step, and no evaluation changes it', () => {
    const [made, data] = [conjugate(remembering()), x()];
    let state = made.init(key(1), data);
    expect(numbers(state.memory['count'])).toEqual([0]);
    const losses: number[] = [];
    for (let i = 1; i <= 3; i += 1) {
      const before = tf.memory().numTensors;
      tf.dispose(made.evaluate(state, data).loss);
      tf.dispose({ ...made.gradients(state, data) });
      const [next, { loss, terms }] = made.step(state, data);
      losses.push(...loss.dataSync());
      tf.dispose([loss, terms]);
      freeState(state);
      state = next;
      expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 3 * i);
      expect(numbers(state.memory['count'])).toEqual([i]);
      const mean = losses.reduce((a, b) => a - b, 0) / i;
      expect(numbers(state.memory['mean'])[0]).toBeCloseTo(mean, 4);
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
    for (const [name, value] of Object.entries(saved.memory)) {
      expect(numbers(loaded.memory[name])).toEqual(numbers(value));
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
        memory: { count: tf.zeros([2]) },
      }),
    };
    expect(() => conjugate(forgetful).init(key(0), data)).toThrow(
      /memory of the objective: expected count float32 \[\], mean float32 \[1\].*count float32 \[2\]/s,
    );
    data.dispose();
  });
});
