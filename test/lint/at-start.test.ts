/** What `fit` finds in an inference before its first step, without being asked. */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Svi,
  type Tensor,
  bernoulli,
  block,
  elbo,
  fit,
  freeState,
  key,
  normal,
  observe,
  param,
  plate,
  program,
  rowsOf,
  sample,
  sgd,
  stopGradient,
  svi,
} from 'marginalia';
import { phases } from 'marginalia/inference';
import { LintError } from 'marginalia/lint';
import { of } from 'marginalia/monad';
import { betaElbo, reweightedWakeSleep } from 'marginalia/objectives';
import { linearSchedule } from 'marginalia/optimizers';
import { describe, expect, it } from 'vitest';
import { findAtStart } from '../../src/lint/at-start.js';
import { right } from '../either.js';
import {
  batch,
  codes,
  coin,
  coinGuide,
  encoded,
  free,
  globalMean,
  pair,
  unvisited,
} from './programs.js';

type AnyProgram = Program<unknown, unknown>;

/** An inference of programs whose rows the types do not see. */
const inferenceOf = (
  model: (x: Tensor) => AnyProgram,
  guide: (x: Tensor) => AnyProgram,
  objective = elbo(),
): Svi<Tensor> => svi({ model, guide, objective, optimizer: sgd(0.01) });

const four = rowsOf(Float32Array.of(0.5, -1, 2, 0.3), []);

/** Trains for two steps; what was said, or what was thrown. */
const said = async (
  inference: Svi<Tensor>,
  batchSize = 4,
): Promise<readonly string[] | LintError> => {
  const findings: string[] = [];
  const before = tf.memory().numTensors;
  try {
    const { state } = right(
      await fit({
        svi: inference,
        data: four,
        batchSize,
        length: { steps: 2 },
        key: key(0),
        engine: 'eager',
        onWarning: (warning) => findings.push(warning),
      })(),
    );
    freeState(state);
    return findings.map(
      (f) => /^warning: (.*?): .* \[(\w+)\]/.exec(f)?.slice(1).toReversed().join(': ') ?? f,
    );
  } catch (error) {
    if (error instanceof LintError) return error;
    throw error;
  } finally {
    expect(tf.memory().numTensors).toBe(before);
  }
};

describe('what is certain stops training before its first step', () => {
  const hidden = block(
    program(function* () {
      const c = yield* sample('c', bernoulli({ logits: yield* param('logits', 0) }));
      yield* sample('z', normal(tf.mul(c, yield* param('loc', 1)), 1));
    }),
    ['c'],
  );
  it.each([
    [
      'nothing to train',
      () =>
        inferenceOf(
          () => pair(),
          () => sample('z', normal(0, 1)),
        ),
      'noParameters',
    ],
    [
      'a hidden draw without a gradient',
      () =>
        inferenceOf(
          () => pair(),
          () => hidden,
        ),
      'blockedDraw',
    ],
    [
      'weights of one draw',
      () =>
        svi<AnyProgram, AnyProgram, ReturnType<typeof reweightedWakeSleep>, Tensor>({
          model: () => pair(),
          guide: () => free(),
          objective: reweightedWakeSleep({ particles: 1 }),
          optimizer: sgd(0.01),
        }),
      'oneParticle',
    ],
  ] as const)('%s', async (_, inference, rule) => {
    const found = await said(inference());
    expect(found).toBeInstanceOf(LintError);
    expect(found instanceof LintError && found.findings.map((f) => f.rule)).toEqual([rule]);
    expect(found instanceof LintError && found.message).toContain(`[${rule}]`);
  });

  it('but not a hidden draw whose parameters are constants', async () => {
    const inference = svi<AnyProgram, AnyProgram, ReturnType<typeof elbo>, Tensor>({
      model: () => pair(),
      guide: () => hidden,
      objective: elbo(),
      optimizer: sgd(0.01),
      trains: ['loc'],
    });
    expect(await said(inference)).toEqual([]);
  });
});

describe('what may be meant is said once', () => {
  it.each([
    [
      'a batch that is taken for the whole',
      () => inferenceOf(globalMean(2), () => free()),
      2,
      ["unscaledMinibatch: plate 'data'"],
    ],
    [
      'an observation without yield*',
      () =>
        inferenceOf(
          () => unvisited,
          () => free(),
        ),
      4,
      ['noObservations: model'],
    ],
    [
      'a parameter that nothing depends on',
      () =>
        inferenceOf(
          () =>
            program(function* () {
              stopGradient(yield* param('idle', 1));
              yield* pair();
            }),
          () => free(),
        ),
      4,
      ["untrainedParameter: param 'idle'"],
    ],
    ['nothing', () => inferenceOf(codes, encoded), 2, []],
    [
      'nothing of a discrete guide',
      () =>
        inferenceOf(
          () => coin,
          () => coinGuide,
        ),
      4,
      [],
    ],
  ] as const)('%s', async (_, inference, batchSize, expected) => {
    expect(await said(inference(), batchSize)).toEqual(expected);
  });

  it('nothing of a prior whose divergence is weighed by 0 at first', async () => {
    const model = (x: Tensor): AnyProgram =>
      program(function* () {
        const z = yield* sample('z', normal(yield* param('prior', 0), 1));
        yield* plate('data', 4, observe('x', normal(z, 1), x));
      });
    const objective = betaElbo({ beta: linearSchedule(0, 1, 100) });
    expect(await said(inferenceOf(model, () => free(), objective))).toEqual([]);
  });

  it('nothing of a parameter that another phase trains', async () => {
    const model = (x: Tensor): AnyProgram =>
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* plate('data', 4, observe('x', normal(z, 1), x));
      });
    const guide = (stopped: boolean) => (): AnyProgram =>
      program(function* () {
        const loc = yield* param('loc', 0);
        yield* sample('z', normal(stopped ? stopGradient(loc) : loc, yield* param('scale', 1)));
      });
    const both = phases({
      scale: inferenceOf(model, guide(true)),
      all: inferenceOf(model, guide(false)),
    });
    expect(await said(both)).toEqual([]);
    const neither = phases({
      one: inferenceOf(model, guide(true)),
      two: inferenceOf(model, guide(true)),
    });
    expect(await said(neither)).toEqual(["untrainedParameter: param 'loc'"]);
  });
});

it('training takes the same steps whether anything is said or not', () => {
  const inference = inferenceOf(codes, encoded);
  const state = inference.init(key(3), batch);
  const before = Object.values(state.params).map((x) => [...x.dataSync()]);
  const count = tf.memory().numTensors;
  expect(findAtStart(inference, state, batch, { rows: 100 })).toEqual([]);
  expect(tf.memory().numTensors).toBe(count);
  expect(Object.values(state.params).map((x) => [...x.dataSync()])).toEqual(before);
  freeState(state);
});

it('a model without a latent site or a guide is trained like any other', async () => {
  const model = (x: Tensor): AnyProgram =>
    program(function* () {
      const loc = yield* param('loc', 0);
      yield* plate('data', x.shape[0] ?? 0, observe('x', normal(loc, 1), x));
    });
  expect(await said(inferenceOf(model, () => of({})))).toEqual([]);
});
