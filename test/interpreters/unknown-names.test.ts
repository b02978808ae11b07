/** A name that is not there is refused wherever names are given: by the compiler where it can, and when it runs. */
import * as tf from '@tensorflow/tfjs';
import {
  adam,
  block,
  condition,
  deterministic,
  elbo,
  evidence,
  intervene,
  iwae,
  key,
  logDensity,
  normal,
  observe,
  param,
  program,
  replay,
  sample,
  sgd,
  simulate,
  svi,
  trace,
} from 'marginalia';
import {
  gradientReport,
  posteriorPredictiveCheck,
  simulationBasedCalibration,
} from 'marginalia/diagnostics';
import { pathwise, scoreFunction } from 'marginalia/estimators';
import { phases } from 'marginalia/inference';
import { mlp } from 'marginalia/nn';
import { betaElbo, gaussianKernel, infoVae, penalized } from 'marginalia/objectives';
import { describe, expect, it } from 'vitest';

const model = program(function* () {
  const weight = yield* sample('weight', normal(0, 1));
  yield* observe('x', normal(weight, yield* param('noise', 1)), 2);
});
const guide = program(function* () {
  yield* sample('weight', normal(yield* param('mean', 0), 1));
});
const named: string = 'weigth';

const parts = { model: () => model, guide: () => guide, optimizer: sgd(0.1) };
const made = svi({ ...parts, objective: elbo() });
const begin = (objective: Parameters<typeof svi>[0]['objective']) => () =>
  svi({ model: () => model, guide: () => guide, optimizer: sgd(0.1), objective }).init(key(0));

describe('a name that is not there', () => {
  it.each([
    // @ts-expect-error -- refused
    ['block', () => trace(block(model, ['weigth']), { key: key(0) })],
    ['block, computed', () => trace(block(model, [named]), { key: key(0) })],
    // @ts-expect-error -- refused
    ['condition', () => trace(condition(model, { weigth: 1 }), { key: key(0) })],
    ['condition, computed', () => trace(condition(model, { [named]: 1 }), { key: key(0) })],
    // @ts-expect-error -- refused
    ['intervene', () => trace(intervene(model, { weigth: 1 }), { key: key(0) })],
    // @ts-expect-error -- refused
    ['simulate', () => simulate(model, { key: key(0), values: { weigth: 1 } })],
    ['trace, computed', () => trace(model, { key: key(0), values: { [named]: 1 } })],
    // @ts-expect-error -- refused
    ['logDensity', () => logDensity(model, { values: { weight: 1, weigth: 1 } })],
    [
      'replay with a key',
      () => {
        const past = trace(sample('weigth', normal(0, 1)), { key: key(0) });
        return replay(model, past, { key: key(1) });
      },
    ],
    ['estimators', begin(elbo({ estimators: { weigth: pathwise() } }))],
    ['estimators of iwae', begin(iwae({ particles: 2, estimators: { weigth: pathwise() } }))],
    ['beta', begin(betaElbo({ beta: { weigth: 2 } }))],
    [
      'the sites of infoVae',
      begin(infoVae({ lambda: 1, kernel: gaussianKernel(1), sites: ['weigth'] })),
    ],
    [
      'given',
      // @ts-expect-error -- refused
      () => made.init(key(0), undefined, { meam: tf.scalar(1), noise: tf.scalar(1) }),
    ],
    [
      'trains',
      // @ts-expect-error -- refused
      () => svi({ ...parts, objective: elbo(), trains: ['meam'] }).init(key(0), undefined),
    ],
    [
      'trains, computed',
      () => svi({ ...parts, objective: elbo(), trains: [`${named}`] }).init(key(0)),
    ],
    [
      'report',
      // @ts-expect-error -- refused
      () => phases({ weight: made, other: made }, { report: 'weigth' }),
    ],
    [
      'data of a check',
      () =>
        posteriorPredictiveCheck(model, undefined, {
          key: key(0),
          samples: 2,
          // @ts-expect-error -- refused
          data: { weigth: tf.scalar(1) },
          statistics: { one: () => 1 },
        }),
    ],
  ])('is refused by %s, with the nearest one', (what, run) => {
    const near = ['given', 'trains'].includes(what) ? 'mean' : 'weight';
    if (what === 'trains, computed') expect(run).toThrow(/There|The programs have/);
    else expect(run).toThrow(`Did you mean '${near}'?`);
  });

  it('is refused where something waits', async () => {
    const near = "Did you mean 'weight'?";
    const state = made.init(key(0));
    const options = { key: key(0), draws: 2 };
    await expect(
      // @ts-expect-error -- refused
      gradientReport(made, state, undefined, { ...options, sites: ['weigth'] }),
    ).rejects.toThrow(near);
    await expect(
      gradientReport(made, state, undefined, {
        ...options,
        // @ts-expect-error -- refused
        candidates: { weigth: [scoreFunction()] },
      }),
    ).rejects.toThrow(near);
    const draws = tf.tensor1d([1, 2]);
    await expect(
      evidence.bracket(model, guide, {
        key: key(0),
        samples: 4,
        // @ts-expect-error -- refused
        posterior: { weight: draws, weigth: draws },
      }),
    ).rejects.toThrow(near);
    await expect(
      simulationBasedCalibration(
        // @ts-expect-error -- refused
        { model, observed: ['weigth'], infer: () => guide },
        { key: key(0), simulations: 2, samples: 3 },
      ),
    ).rejects.toThrow(near);
  });

  it('is told with what there is', () => {
    // @ts-expect-error -- refused
    expect(() => trace(block(model, ['nope']), { key: key(0) })).toThrow(
      "site 'nope': expected a sample site for block, but got none of this name. There are 'weight', 'x'.",
    );
  });
});

describe('a name that is there', () => {
  it('passes the compiler where it is computed, in part or as a whole', () => {
    const each = program(function* () {
      for (let i = 0; i < 2; i += 1) yield* sample(`z${i}`, normal(0, 1));
    });
    expect(Object.keys(trace(block(each, ['z1']), { key: key(0) }).sites)).toEqual(['z0']);
    expect(simulate(each, { values: { z0: 1, z1: 2 } })).toBeUndefined();
    const net = mlp('net', { hidden: [2], out: 1 });
    const trained = svi({
      model: () => sample('z', normal(0, 1)),
      guide: () =>
        program(function* () {
          yield* sample('z', normal(tf.sum(yield* net(tf.ones([1, 2]))), 1));
        }),
      objective: elbo(),
      optimizer: adam(0.1),
      trains: ['net/0', 'net/out/bias'],
    });
    expect(trained.init(key(0)).derivation.trains).toEqual([
      'net/0/kernel',
      'net/0/bias',
      'net/out/bias',
    ]);
  });

  it('is blocked where it is observed', () => {
    expect(Object.keys(trace(block(model, ['x']), { key: key(0) }).sites)).toEqual([
      'weight',
      'noise',
    ]);
  });

  it('is replayed from a trace with others beside it', () => {
    const past = trace(
      program(function* () {
        yield* sample('other', normal(0, 1));
        yield* sample('weight', normal(0, 1));
      }),
      { values: { other: 5, weight: 3 } },
    );
    expect(replay(model, past).sites['weight']?.value.dataSync()[0]).toBe(3);
    const derived = deterministic('derived', 1);
    expect(replay(derived, past).sites['derived']?.value.dataSync()[0]).toBe(1);
  });
});

describe('penalties', () => {
  it('have names of their own, also one around another', () => {
    const once = penalized(elbo(), { decay: () => tf.scalar(1) });
    expect(() => penalized(once, { decay: () => tf.scalar(1) })).toThrow("'decay' twice");
    expect(() => penalized(once, { other: () => tf.scalar(1) })).not.toThrow();
  });
});
