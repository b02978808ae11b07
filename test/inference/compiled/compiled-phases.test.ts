/** Steps of several phases in every engine, and what becomes of one that fails. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import {
  type Svi,
  type Tensor,
  adam,
  elbo,
  fit,
  freeState,
  independent,
  key,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  sgd,
  svi,
  useBackend,
} from 'marginalia';
import { showNonFinite } from 'marginalia/diagnostics';
import { phases } from 'marginalia/inference';
import { mlp } from 'marginalia/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { compiledStepper } from '../../../src/inference/compiled/compiled-stepper.js';
import { eagerStepper } from '../../../src/inference/stepper.js';
import { right } from '../../either.js';
import { sameInEveryEngine } from './engines.js';
import { both, eStep, freeMetrics, mStep, numbers, three } from '../phases/phase-parts.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

describe('compiled phases equal the eager ones', () => {
  it('groups that overlap and groups that do not, and phases that repeat', async () => {
    await sameInEveryEngine(phases({ e: eStep(), m: mStep() }), three(), 5);
    await sameInEveryEngine(
      phases({ e: eStep(), m: { svi: mStep(), times: 3 } }, { report: 'm' }),
      three(),
    );
    const apart = (trains: readonly string[]): Svi<Tensor> =>
      svi({ ...both, objective: elbo(), optimizer: adam(0.1), trains });
    await sameInEveryEngine(phases({ e: apart(['guide']), m: apart(['model']) }), three());
  });

  it('one that moves nothing', async () => {
    const watching = svi({
      model: (x: Tensor) => observe('x', normal(0, 1), tf.sum(x)),
      guide: () => program(function* () {}),
      objective: elbo(),
      optimizer: sgd(0.1),
    });
    await sameInEveryEngine(phases({ e: eStep(), watching }, { report: 'watching' }), three());
  });

  it('networks, updated in loops over one memory where their layouts agree', async () => {
    const encoder = mlp('encoder', { hidden: [5], out: 3, activation: 'tanh' });
    const decoder = mlp('decoder', { hidden: [4], out: 2, activation: 'tanh' });
    const programs = {
      model: (x: Tensor) =>
        plate(
          'data',
          x.shape[0] ?? 0,
          program(function* () {
            const z = yield* sample('z', independent(normal(tf.zeros([3]), 1)));
            yield* observe('x', independent(normal(yield* decoder(z), 1)), x);
          }),
        ),
      guide: (x: Tensor) =>
        plate(
          'data',
          x.shape[0] ?? 0,
          program(function* () {
            yield* sample('z', independent(normal(yield* encoder(x), 0.5)));
          }),
        ),
      objective: elbo({ closedFormKl: 'never' }),
    };
    const part = (trains: readonly string[], rate: number): Svi<Tensor> =>
      svi({ ...programs, optimizer: adam(rate), trains });
    const x = (): Tensor => tf.tensor2d([1, 2, 0, -1, 3, 1, -2, 0.5], [4, 2]);
    const [e, m, all, last] = [
      part(['encoder'], 0.01),
      part(['decoder'], 0.02),
      part(['encoder', 'decoder'], 0.03),
      part(['decoder/out'], 0.01),
    ];
    const updates = async (made: Svi<Tensor>): Promise<readonly string[]> => {
      const batch = x();
      const first = made.init(key(4), batch);
      const notes: string[] = [];
      const compiled = right(
        await compiledStepper(made, first, batch, {
          executor: 'onnxruntime',
          onEngine: (note) => notes.push(note),
        }),
      );
      await compiled.close();
      freeState(first);
      batch.dispose();
      return [...(notes[0] ?? '').matchAll(/update in (\w+)/g)].map(([, by = '']) => by);
    };
    const cases = [
      { made: phases({ e, m: { svi: m, times: 2 } }), by: ['WebAssembly', 'WebAssembly'] },
      { made: phases({ a: all, b: all }), by: ['WebAssembly', 'WebAssembly'] },
      { made: phases({ all, last, m }), by: ['WebAssembly', 'straight', 'straight'] },
    ];
    for (const { made, by } of cases) {
      expect(await updates(made)).toEqual(by);
      await sameInEveryEngine(made, x());
    }
  });
});

describe('a phase whose loss is not finite', () => {
  /** The first moves w below 0, where the second has no logarithm. */
  const failing = phases({
    fine: svi({
      model: (x: Tensor) =>
        program(function* () {
          yield* observe('y', normal(yield* param('w', 1), 1), tf.mul(x, -3));
        }),
      guide: () => program(function* () {}),
      objective: elbo(),
      optimizer: sgd(0.2),
    }),
    logarithm: svi({
      model: (x: Tensor) =>
        program(function* () {
          const v = yield* param('v', 0);
          yield* observe('x', normal(tf.add(v, tf.log(yield* param('w', 1))), 1), x);
        }),
      guide: () => program(function* () {}),
      objective: elbo(),
      optimizer: sgd(0.1),
      trains: ['v'],
    }),
  });

  it('lets nothing of the step be taken, in every engine', async () => {
    const x = tf.scalar(1);
    const first = failing.init(key(0), x);
    // w is 1, 0.2, −0.44: the second step fails in its second phase.
    const [once] = failing.step(first, x);
    const steppers = [
      eagerStepper(failing, first),
      right(await compiledStepper(failing, first, x, { executor: 'onnxruntime' })),
      right(await compiledStepper(failing, first, x, { executor: 'javascript' })),
    ];
    for (const stepper of steppers) {
      const losses = right(await stepper.advance(x, 9));
      expect(losses.map(Number.isFinite)).toEqual([true, false]);
      expect(stepper.at()).toBe(1);
      const state = stepper.state();
      expect(numbers(state.params['w'])[0]).toBeCloseTo(0.2, 5);
      expect(numbers(state.params['v'])[0]).toBeCloseTo(numbers(once.params['v'])[0] ?? NaN, 5);
      freeState(state);
      await stepper.close();
    }
    const [, metrics] = failing.step(once, x);
    expect(numbers(metrics.loss)).toEqual([NaN]);
    expect(Number.isFinite(numbers(metrics.phases?.['fine']?.loss)[0])).toBe(true);
    freeMetrics(metrics);
    [first, once].forEach(freeState);
    x.dispose();
  });

  it('is named with its phase', async () => {
    const found = await fit({
      svi: failing,
      data: { size: 1, batch: () => tf.scalar(1) },
      batchSize: 1,
      length: { steps: 9 },
      key: key(0),
    })();
    const where = E.isLeft(found) && found.left._tag === 'nonFinite' ? found.left.where : undefined;
    expect(where).toMatchObject({ phase: 'logarithm', step: 1, site: 'x' });
    if (where) expect(showNonFinite(where)).toMatch(/^Step 1, phase logarithm: /);
  });
});
