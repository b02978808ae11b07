/** Training, its state and its reports do not depend on what things are called. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {
  type Svi,
  type SviState,
  type Tensor,
  adam,
  bernoulli,
  delta,
  deterministic,
  factor,
  freeState,
  key,
  normal,
  observe,
  param,
  paramValues,
  plate,
  positive,
  program,
  sample,
  svi,
} from 'marginalia';
import { loadCheckpoint, readNotes, saveCheckpoint } from 'marginalia/checkpoints';
import type { Executor } from 'marginalia/compile';
import { enumeration, scoreFunction } from 'marginalia/estimators';
import { evaluator, phases, predictor, training } from 'marginalia/inference';
import { betaElbo, penalized, valuesIn } from 'marginalia/objectives';
import { chained, clipByGlobalNorm } from 'marginalia/optimizers';
import { afterAll, describe, expect, it } from 'vitest';
import { compiledStepper } from '../../src/inference/compiled/compiled-stepper.js';
import { eagerStepper } from '../../src/inference/stepper.js';
import { hostileNames } from '../../src/testing/programs/hostile-names.js';
import { right } from '../either.js';

type Batch = Readonly<Record<string, Tensor>>;

const roles = [
  'x',
  'y',
  'z',
  'bit',
  'data',
  'hidden',
  'tilt',
  'slope',
  'loc',
  'logits',
  'scale',
  'phase',
] as const;
type Names = Readonly<Record<(typeof roles)[number], string>>;

const plain: Names = {
  x: 'x',
  y: 'y',
  z: 'z',
  bit: 'bit',
  data: 'data',
  hidden: 'hidden',
  tilt: 'tilt',
  slope: 'slope',
  loc: 'loc',
  logits: 'logits',
  scale: 'scale',
  phase: 'phase',
};

const column = (batch: Batch, name: string): Tensor =>
  (Object.hasOwn(batch, name) ? batch[name] : undefined) ?? tf.scalar(Number.NaN);

const data = (n: Names): Batch => ({
  [n.x]: tf.tensor1d([1, -1, 0.5, 2]),
  [n.y]: tf.tensor1d([2, -1, 1, 3.5]),
});

/** An inference without noise: points for a guide, and a bit that is summed over. */
const inferenceOf = (n: Names): Svi<Batch> => {
  const parts = {
    model: (batch: Batch) =>
      program(function* () {
        const slope = yield* param(n.slope, 0.5);
        const z = yield* sample(n.z, normal(0, 1));
        const bit = yield* sample(n.bit, bernoulli({ probs: 0.3 }));
        const scale = yield* param(n.scale, 2, { support: positive });
        const hidden = yield* deterministic(n.hidden, tf.mul(slope, z));
        yield* factor(n.tilt, tf.mul(hidden, 0.1));
        const mean = tf.add(tf.add(tf.mul(column(batch, n.x), slope), z), bit);
        yield* plate(n.data, 4, observe(n.y, normal(mean, scale), column(batch, n.y)));
      }),
    guide: () =>
      program(function* () {
        yield* sample(n.z, delta(yield* param(n.loc, 0.2)));
        yield* sample(n.bit, bernoulli({ logits: yield* param(n.logits, 0) }));
      }),
    objective: penalized(
      betaElbo({ beta: { [n.z]: 0.5 }, estimators: { [n.bit]: enumeration() } }),
      { [n.tilt]: (joint) => tf.square(valuesIn(joint, 'model')[n.hidden] ?? 0) },
    ),
    optimizer: chained(clipByGlobalNorm(5), adam(0.05)),
  };
  return phases({
    [n.phase]: svi({ ...parts, trains: [n.loc, n.logits] }),
    other: { svi: svi({ ...parts, trains: [n.slope, n.scale] }), times: 2 },
  });
};

const stepperOf = async (how: 'eager' | Executor, made: Svi<Batch>, first: SviState, b: Batch) =>
  how === 'eager'
    ? eagerStepper(made, first)
    : right(await compiledStepper(made, first, b, { executor: how }));

interface Outcome {
  readonly losses: readonly number[];
  readonly byPhase: readonly (readonly [string, readonly number[]])[];
  readonly params: ReadonlyMap<string, readonly number[]>;
}

/** Three steps, by any engine. */
const trained = async (how: 'eager' | Executor, n: Names): Promise<Outcome> => {
  const [made, batch] = [inferenceOf(n), data(n)];
  const first = made.init(key(0), batch);
  const stepper = await stepperOf(how, made, first, batch);
  const losses = right(await stepper.advance(batch, 3));
  const byPhase = Object.entries(stepper.phaseLosses()).map(
    ([name, own]) => [name, [...own]] as const,
  );
  const state = stepper.state();
  const params = new Map(
    Object.entries(paramValues(state)).map(([name, x]) => [name, [...x.dataSync()]]),
  );
  await stepper.close();
  freeState(state);
  freeState(first);
  return { losses, byPhase, params };
};

/** Any names for the parts of a model; phases are called by words. */
const names: fc.Arbitrary<Names> = fc
  .tuple(
    fc.shuffledSubarray([...hostileNames], { minLength: 11, maxLength: 11 }),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty'),
  )
  .map(([all, phase]) => ({
    ...plain,
    ...Object.fromEntries(
      roles.flatMap((role, i) => (all[i] === undefined ? [] : [[role, all[i]]])),
    ),
    phase,
  }));

describe.each(['eager', 'javascript', 'onnxruntime'] as const)('trained by %s', (how) => {
  it('is the same by any names', { timeout: 120_000 }, async () => {
    const usual = await trained(how, plain);
    expect(usual.losses).toHaveLength(3);
    await fc.assert(
      fc.asyncProperty(names, async (n) => {
        const found = await trained(how, n);
        expect(found.losses).toEqual(usual.losses.map((x) => expect.closeTo(x, 4)));
        for (const role of ['slope', 'loc', 'logits', 'scale'] as const) {
          const expected = usual.params.get(role) ?? [];
          expect(expected).toHaveLength(1);
          expect(found.params.get(n[role]), `${role}, called ${n[role]}`).toEqual(
            expected.map((x) => expect.closeTo(x, 4)),
          );
        }
        for (const [name, losses] of usual.byPhase) {
          const own = found.byPhase.find(([p]) => p === (name === 'phase' ? n.phase : name))?.[1];
          expect(own, name).toEqual(losses.map((x) => expect.closeTo(x, 4)));
        }
      }),
      { numRuns: how === 'onnxruntime' ? 2 : 6, seed: 11 },
    );
  });
});

describe('by any names', () => {
  const folder = mkdtempSync(join(tmpdir(), 'marginalia-names-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('a state is saved and read back', async () => {
    await fc.assert(
      fc.asyncProperty(names, async (n) => {
        const [made, batch] = [inferenceOf(n), data(n)];
        const path = join(folder, 'state.safetensors');
        const first = made.init(key(0), batch);
        const [next] = made.step(first, batch);
        right(await saveCheckpoint(path, { [n.z]: n.y })(next)());
        const read = right(await loadCheckpoint(path, first)());
        expect(Object.keys(read.params)).toEqual(Object.keys(next.params));
        for (const part of ['params', 'optimizer'] as const) {
          for (const [name, x] of Object.entries(next[part])) {
            const own = Object.hasOwn(read[part], name) ? read[part][name] : undefined;
            expect([...(own?.dataSync() ?? [])], `${part} ${name}`).toEqual([...x.dataSync()]);
          }
        }
        expect(Object.entries(right(await readNotes(path)()))).toEqual([[n.z, n.y]]);
      }),
      { numRuns: 5, seed: 12 },
    );
  });

  it('gradients, metrics, reports, evaluation and prediction have them', async () => {
    await fc.assert(
      fc.asyncProperty(names, async (n) => {
        const [made, batch] = [inferenceOf(n), data(n)];
        const first = made.init(key(0), batch);
        const found = Object.entries(made.gradients(first, batch));
        const usual = inferenceOf(plain).gradients(
          inferenceOf(plain).init(key(0), data(plain)),
          data(plain),
        );
        for (const [path, g] of Object.entries(usual)) {
          const [phase, name] = path.split('/');
          const role = roles.find((r) => r === name) ?? 'z';
          const other = `${phase === 'phase' ? n.phase : phase}/${n[role]}`;
          const own = found.find(([p]) => p === other)?.[1];
          expect(own?.dataSync()[0], other).toBeCloseTo(g.dataSync()[0] ?? NaN, 4);
        }
        const { terms, phases: own = {} } = made.evaluate(first, batch);
        expect(Object.keys(terms)).toContain(`penalty ${n.tilt}`);
        expect(Object.keys(own)).toEqual([n.phase, 'other']);
        const data4 = { size: 4, batch: () => batch, fixed: true };
        const reports = [];
        for await (const { phases: losses } of training({
          svi: made,
          data: data4,
          batchSize: 4,
          length: { steps: 4 },
          key: key(0),
          reportEvery: 2,
          engine: 'eager',
        })) {
          reports.push(Object.entries(losses).map(([name, x]) => [name, Number.isFinite(x)]));
        }
        const told = [n.phase, 'other', 'other/1', 'other/2'].map((name) => [name, true]);
        expect(reports).toEqual([told, told]);
        const evaluation = evaluator(made, { executor: 'javascript' });
        const bound = await evaluation.bound(first, batch);
        expect(Object.keys(bound.terms)).toContain(`penalty ${n.tilt}`);
        await evaluation.close();
        const prediction = predictor({ model: made.model, guide: made.guide });
        const draws = await prediction.draw(first.params, batch, { key: key(1), samples: 2 });
        expect(Object.keys(draws).toSorted()).toEqual([n.z, n.bit, n.hidden, n.y].toSorted());
        await prediction.close();
      }),
      { numRuns: 3, seed: 13 },
    );
  });

  it('what is not asked for is not found in a prototype', () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      const model = () => sample(name, bernoulli({ probs: 0.5 }));
      const guide = () =>
        program(function* () {
          yield* sample(name, bernoulli({ logits: yield* param('logits', 0) }));
        });
      const parts = { model, guide, optimizer: adam(0.1) };
      const state = svi({
        ...parts,
        objective: betaElbo({ beta: {}, estimators: {} }),
      }).init(key(0));
      expect(state.derivation.latents.map((l) => l.estimator.name)).toEqual(['enumeration']);
      const asked = svi({
        ...parts,
        objective: betaElbo({ beta: { [name]: 0 }, estimators: { [name]: scoreFunction() } }),
      });
      const begun = asked.init(key(0));
      expect(begun.derivation.latents.map((l) => l.estimator.name)).toEqual(['scoreFunction']);
      expect(asked.evaluate(begun, undefined).loss.dataSync()[0]).toBeCloseTo(0, 12);
    }
  });

  it('a gradient of one phase has the name of its parameter', () => {
    for (const name of hostileNames) {
      const made = svi({
        model: () =>
          program(function* () {
            yield* observe('x', normal(yield* param(name, 1), 1), 3);
          }),
        guide: () => program(function* () {}),
        objective: betaElbo({ beta: 1 }),
        optimizer: adam(0.1),
      });
      const found = Object.entries(made.gradients(made.init(key(0)), undefined));
      expect(found.map(([n, g]) => [n, g.dataSync()[0]])).toEqual([[name, -2]]);
    }
  });
});
