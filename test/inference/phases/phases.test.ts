/** Steps of several phases. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import {
  type Svi,
  type SviState,
  type Tensor,
  adam,
  elbo,
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
  program,
  rowsOf,
  sample,
  sgd,
  showDerivation,
  svi,
  useBackend,
} from 'marginalia';
import { loadCheckpoint, saveCheckpoint } from 'marginalia/checkpoints';
import { explainNonFinite } from 'marginalia/diagnostics';
import { evaluator, phases, stateTensors } from 'marginalia/inference';
import { of } from 'marginalia/monad';
import { mlp } from 'marginalia/nn';
import { derivationToLatex } from 'marginalia/objectives';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { ownStep } from '../../../src/inference/phases/pace.js';
import { gap } from '../../compile/compiled-values.js';
import { right } from '../../either.js';
import { sameInEveryEngine } from '../compiled/engines.js';
import { bits, eStep, freeMetrics, mStep, numbers, three } from './phase-parts.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-phases-'));

beforeAll(async () => {
  await useBackend('cpu')();
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('phases', () => {
  it.each([1, 3])('are their inferences by stages, bit by bit: %i times', (times) => {
    tf.tidy(() => {
      const x = three();
      const [first, second] = [eStep(), mStep()];
      const made = phases({ e: { svi: first, times }, m: second }, { report: 'm' });
      let state = made.init(key(3), x);
      let a = first.init(foldIn(key(3), 'e'), x);
      let b = second.init(foldIn(key(3), 'm'), x);
      for (let step = 0; step < 4; step += 1) {
        const [next, metrics] = made.step(state, x);
        state = next;
        let loss = NaN;
        a = { ...a, params: { ...a.params, ...b.params } };
        for (let stage = 0; stage < times; stage += 1) {
          const [later, found] = first.step(a, x);
          a = later;
          loss = numbers(found.loss)[0] ?? NaN;
        }
        const [later, found] = second.step({ ...b, params: a.params }, x);
        b = later;
        expect(numbers(metrics.loss)).toEqual(numbers(found.loss));
        expect(numbers(metrics.phases?.['e']?.loss)).toEqual([loss]);
        expect(numbers(metrics.phases?.['m']?.loss)).toEqual(numbers(found.loss));
        if (times > 1) expect(numbers(metrics.phases?.[`e/${times}`]?.loss)).toEqual([loss]);
        expect(Object.keys(metrics.terms)).toEqual(Object.keys(found.terms));
        for (const [name, value] of Object.entries(b.params)) {
          expect(numbers(state.params[name]), name).toEqual(numbers(value));
        }
      }
      expect([state.step, a.step, b.step]).toEqual([4, 4 * times, 4]);
      expect(numbers(state.carry['m/count'])).toEqual([4]);
      expect(numbers(state.carry['m/mean'])).toEqual(numbers(b.carry['mean']));
      for (const [name, value] of Object.entries(a.optimizer)) {
        expect(numbers(state.optimizer[`e/${name}`]), name).toEqual(numbers(value));
      }
    });
  });

  it('inside phases are phases', async () => {
    const x = three();
    const inner = phases({ e: { svi: eStep(), times: 2 }, m: mStep() });
    const made = phases({ inner: { svi: inner, times: 2 }, last: mStep() }, { report: 'inner' });
    // The stages of the second step, by how many of its own each has had.
    expect(made.stages.map((t) => `${t.name} ${ownStep(t.paces, 1)}`)).toEqual([
      'inner/e 4',
      'inner/e 5',
      'inner/m 2',
      'inner/e 6',
      'inner/e 7',
      'inner/m 3',
      'last 1',
    ]);
    expect(made.reported).toBe('inner/e');
    await sameInEveryEngine(made, x);
  });

  it('leave the number of tensors as it was, and are pure', () => {
    const x = three();
    const made = phases({ e: { svi: eStep(), times: 2 }, m: mStep() });
    const none = tf.memory().numTensors;
    let state = made.init(key(3), x);
    expect(tf.memory().numTensors).toBe(none + stateTensors(state).length);
    for (let i = 0; i < 3; i += 1) {
      const before = tf.memory().numTensors;
      const untouched = bits(state);
      freeMetrics(made.evaluate(state, x));
      tf.dispose({ ...made.gradients(state, x) });
      expect(explainNonFinite(made, state, x)).toBeUndefined();
      const [next, metrics] = made.step(state, x);
      expect(bits(state)).toEqual(untouched);
      expect(bits(next)).not.toEqual(untouched);
      freeMetrics(metrics);
      freeState(state);
      state = next;
      expect(tf.memory().numTensors).toBe(before);
      expect(stateTensors(state).every((t) => !t.isDisposed)).toBe(true);
    }
    freeState(state);
    expect(tf.memory().numTensors).toBe(none);
    x.dispose();
  });

  it('are evaluated each, and reported as one of them is, eagerly and compiled', async () => {
    const x = three();
    const made = phases({ e: eStep(), m: mStep() }, { report: 'm' });
    const state = made.init(key(3), x);
    const found = made.evaluate(state, x, { key: key(8) });
    const alone = mStep();
    const own = alone.init(key(3), x);
    const { loss, terms } = alone.evaluate(own, x, { key: key(8) });
    expect(numbers(found.loss)).toEqual(numbers(loss));
    expect(Object.keys(found.phases ?? {})).toEqual(['e', 'm']);
    expect(numbers(found.phases?.['e']?.loss)).not.toEqual(numbers(loss));
    const evaluation = evaluator(made);
    for (const options of [{ key: key(8) }, {}]) {
      const eager = made.evaluate(state, x, options);
      const { bound } = await evaluation.bound(state, x, options);
      expect(bound).toBeCloseTo(-(numbers(eager.loss)[0] ?? NaN), 4);
      freeMetrics(eager);
    }
    await evaluation.close();
    [found, { loss, terms }].forEach(freeMetrics);
    [state, own].forEach(freeState);
    x.dispose();
  });

  it('are trained, saved and resumed, with losses of their own in every report', async () => {
    const made = phases({ e: eStep(), m: mStep() });
    const data = rowsOf(Float32Array.of(1, 2, 0.5, -1), []);
    const path = join(folder, 'phases.safetensors');
    const told: Readonly<Record<string, number>>[] = [];
    const warned: string[] = [];
    const run = async (engine: 'eager' | 'compiled', steps: number, from?: SviState) =>
      right(
        await fit({
          svi: made,
          data,
          batchSize: 2,
          length: { steps },
          key: key(5),
          engine,
          reportEvery: 4,
          onProgress: (p) => told.push({ ...p.phases, loss: p.loss }),
          onWarning: (warning) => warned.push(warning.split(':').slice(0, 2).join(':')),
          ...(from && { from }),
        })(),
      ).state;
    const whole = await run('eager', 8);
    const half = await run('eager', 4);
    right(await saveCheckpoint(path)(half)());
    const template = made.init(key(99), tf.tensor1d([0, 0]));
    const loaded = right(await loadCheckpoint(path, template)());
    const rest = await run('eager', 8, loaded);
    expect(bits(rest)).toEqual(bits(whole));
    expect(rest.key).toEqual(whole.key);
    const compiled = await run('compiled', 8);
    expect(
      gap(
        compiled.params['guide/loc'] ?? tf.scalar(NaN),
        whole.params['guide/loc'] ?? tf.scalar(0),
      ),
    ).toBeLessThan(1e-3);
    expect(told.map((t) => Object.keys(t).join())).toEqual(told.map(() => 'e,m,loss'));
    expect(told.at(-1)?.['m']).toBeCloseTo(told[3]?.['m'] ?? NaN, 3);
    expect(told.every((t) => t['loss'] === t['e'] && t['m'] !== t['e'])).toBe(true);
    // What both phases have is said once a run, and not of one of them.
    expect(warned).toEqual(Array.from({ length: 4 }, () => "warning: plate 'data'"));
    [whole, half, loaded, rest, compiled, template].forEach(freeState);
  });

  it('derive each its own, and say what each trains', () => {
    const x = three();
    const state = phases({ e: { svi: eStep(), times: 2 }, m: mStep() }).init(key(3), x);
    const text = showDerivation(state.derivation);
    expect(derivationToLatex(state.derivation).match(/begin\{aligned\}/g)).toHaveLength(2);
    expect(text.split('\n').filter((line) => /^(phase|parameters)/.test(line))).toEqual([
      'phase e, 2 times a step:',
      'parameters: guide/scale, guide/loc, common',
      'phase m:',
      'parameters: common, model/slope, model/prior',
    ]);
    freeState(state);
    x.dispose();
  });

  it('start from the parameters that are there', () => {
    const batch = three();
    tf.tidy(() => {
      const net = mlp('net', { hidden: [2], out: 1 });
      const one = (name: string): Svi<Tensor> =>
        svi({
          model: (x: Tensor) =>
            program(function* () {
              const own = yield* param(name, 1);
              const mean = tf.add(yield* net(tf.reshape(x, [-1, 1])), own);
              yield* plate(
                'data',
                3,
                observe('x', independent(normal(mean, 1)), tf.reshape(x, [-1, 1])),
              );
            }),
          guide: () => program(function* () {}),
          objective: elbo(),
          optimizer: adam(0.1),
        });
      const [a, b] = [one('a'), one('b')];
      const [apart, together] = [a.init(key(4), batch), phases({ a, b }).init(key(4), batch)];
      const kernel = 'net/0/kernel';
      expect(numbers(together.params[kernel])).toEqual(numbers(apart.params[kernel]));
      const given = a.init(key(5), batch, { a: tf.scalar(7) });
      expect(numbers(given.params['a'])).toEqual([7]);
      expect(Object.keys(given.params)).toEqual(Object.keys(apart.params));
      const other = { a: tf.scalar(7), other: tf.scalar(0) };
      expect(() => a.init(key(5), batch, other)).toThrow(/'other'.*none of this name/);
    });
    batch.dispose();
  });

  it('do not take a parameter of another phase for one that they visit first when training', () => {
    const model = (extra: boolean) => () =>
      program(function* () {
        const a = yield* param('a', 0);
        const loc = extra ? tf.add(a, yield* param('b', 0)) : a;
        yield* observe('x', normal(loc, 1), 1);
      });
    const late = { yet: false };
    const rest = { guide: () => of({}), objective: elbo(), optimizer: sgd(0.1) };
    const made = phases({
      both: svi({ ...rest, model: model(true) }),
      later: svi({ ...rest, model: () => model(late.yet)() }),
    });
    const state = made.init(key(0), undefined);
    late.yet = true;
    expect(() => made.step(state, undefined)).toThrow(/param 'b'.*a new one/s);
    freeState(state);
  });

  it('refuse what cannot be meant', () => {
    expect(() => phases({ 1: eStep() })).toThrow(/no numbers/);
    expect(() => phases({ 'a/b': eStep() })).toThrow(/'a\/b'/);
    expect(() => phases({ e: { svi: eStep(), times: 0 } })).toThrow(/'e'.*times.*0/);
    expect(() => phases({})).toThrow(/at least one/);
    const positively = svi({
      model: (x: Tensor) =>
        program(function* () {
          const scale = yield* param('common', 1, { support: positive });
          yield* observe('x', normal(0, scale), tf.sum(x));
        }),
      guide: () => program(function* () {}),
      objective: elbo(),
      optimizer: adam(0.1),
    });
    const x = three();
    expect(() => phases({ e: eStep(), p: positively }).init(key(0), x)).toThrow(
      /param 'common' of the phase 'p'.*one support/s,
    );
    x.dispose();
  });

  it('are checked by the compiler, one by one', () => {
    const model = (x: Tensor) => sample('z', normal(x, 1));
    const rest = { model, objective: elbo(), optimizer: adam(0.1) };
    const good = svi({ ...rest, guide: () => sample('z', normal(0, 1)) });
    phases({
      good,
      // @ts-expect-error: the guide of this phase lacks z, and has y instead.
      bad: svi({ ...rest, guide: () => sample('y', normal(0, 1)) }),
    });
    // @ts-expect-error: there is no phase of this name.
    expect(() => phases({ good }, { report: 'bad' })).toThrow(
      /phase 'bad': expected a phase to report, .* There is 'good'/,
    );
    const ofNumbers = svi({
      ...rest,
      model: (n: number) => sample('z', normal(n, 1)),
      guide: () => sample('z', normal(0, 1)),
    });
    // @ts-expect-error: one phase is for tensors, the other for numbers.
    const mixed = phases({ good, ofNumbers });
    expect(mixed.stages).toHaveLength(2);
  });
});
