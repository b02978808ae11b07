/** Why a number of a step is not finite: the reason that is found, and the cure that follows from it. */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type SviState,
  type Tensor,
  bernoulli,
  elbo,
  factor,
  independent,
  key,
  logNormal,
  mask,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  sgd,
  svi,
} from 'marginalia';
import { explainNonFinite, showNonFinite } from 'marginalia/diagnostics';
import { baseNoise } from 'marginalia/distributions';
import { of } from 'marginalia/monad';
import type { Observed, Param } from 'marginalia/primitives';
import { keyedNoise } from 'marginalia/random';
import { describe, expect, it } from 'vitest';

describe('what is not finite', () => {
  /** What is found of a model without latent sites that took some steps, and how it reads. */
  const foundIn = (
    model: (x: Tensor) => Program<Observed | Param, unknown>,
    given: number,
    { step = 0, params = {} }: Partial<Pick<SviState, 'step' | 'params'>> = {},
  ) => {
    const inference = svi({
      model,
      guide: () => of({}),
      objective: elbo(),
      optimizer: sgd(1),
    });
    const good = tf.scalar(1);
    const begun = inference.init(key(0), good);
    const state = { ...begun, step, params: { ...begun.params, ...params } };
    const found = explainNonFinite(inference, state, tf.scalar(given));
    return { ...found, shown: found && showNonFinite(found) };
  };
  const line = (x: Tensor) =>
    program(function* () {
      yield* observe('x', normal(yield* param('a', 0), 1), x);
    });

  it('has a reason, from which its cure follows', () => {
    expect(foundIn(line, NaN)).toMatchObject({
      reason: 'data',
      shown: expect.stringContaining('Clean the data'),
    });
    const nan = { params: { a: tf.scalar(NaN) } };
    expect(foundIn(line, 1, nan)).toMatchObject({ reason: 'initialValue' });
    expect(foundIn(line, 1, { ...nan, step: 3 })).toMatchObject({ reason: 'earlierStep' });
    expect(foundIn(line, 1e30)).toMatchObject({ reason: 'start' });
    expect(foundIn(line, 1e30, { step: 3 })).toMatchObject({ reason: 'training' });
    const spread = (x: Tensor) =>
      program(function* () {
        const scale = yield* param('scale', 1, { support: positive });
        yield* observe('x', normal(0, scale), x);
      });
    const underflow = { step: 3, params: { scale: tf.scalar(-1e4) } };
    const kept = /^Step 3: .*Keep scale above 0, .*and lower the learning rate\.$/;
    expect(foundIn(spread, 1, { params: underflow.params }).shown).toMatch(
      /look at initial values/,
    );
    const narrow = foundIn(spread, 1, underflow);
    expect(narrow).toMatchObject({ reason: 'notPositive' });
    expect(narrow.shown).toMatch(kept);
    const outside = foundIn((x) => observe('x', logNormal(0, 1), x), -1, { step: 3 });
    expect(outside).toMatchObject({ reason: 'outsideSupport' });
    expect(outside.shown).toMatch(/no value of its family/);
  });

  it('is not a datum that a mask leaves out, and is one that others are computed from', () => {
    const masked = (x: Tensor) =>
      plate('rows', 2, observe('x', mask(normal([0, 1e30], 1), [0, 1]), tf.stack([x, 1])));
    expect(foundIn(masked, NaN)).toMatchObject({
      what: 'logLikelihood term',
      plates: { rows: 1 },
      reason: 'start',
    });
    const inference = svi({
      model: () => sample('z', normal(0, 1)),
      guide: (x: Tensor) => sample('z', normal(x, 1)),
      objective: elbo(),
      optimizer: sgd(1),
    });
    const state = inference.init(key(0), tf.scalar(1));
    expect(explainNonFinite(inference, state, tf.scalar(NaN))).toMatchObject({
      site: 'z',
      reason: 'data',
    });
  });

  it('is a gradient where the loss is finite, of some parameters through some sites', () => {
    const kinked = (x: Tensor) =>
      program(function* () {
        const a = yield* param('a', [0, 1]);
        const b = yield* param('b', 1);
        yield* observe('x', independent(normal(tf.sqrt(tf.square(tf.sub(a, 1))), 1)), [0, 0]);
        yield* observe('y', normal(b, 1), x);
      });
    const found = foundIn(kinked, 1);
    expect(found).toMatchObject({
      site: 'a',
      what: 'gradient',
      found: NaN,
      entry: [1],
      reason: 'gradient',
      gradients: { params: ['a'], sites: ['x'] },
    });
    expect(found.shown).toMatch(
      /^Step 0: the loss is finite, but the gradient of 'a' is not, through the term of 'x'; the first is NaN at entry \[1\]\. Some function/,
    );
  });

  it('is not an infinite term of a value that has no weight', () => {
    const inference = svi({
      model: () =>
        program(function* () {
          const z = yield* sample('z', bernoulli({ probs: 0.5 }));
          yield* observe('x', bernoulli({ probs: z }), 1);
        }),
      guide: () => sample('z', bernoulli({ logits: 200 })),
      objective: elbo(),
      optimizer: sgd(1),
    });
    expect(explainNonFinite(inference, inference.init(key(0)), undefined)).toBeUndefined();
  });
});

it('is that of the first particle which has it', () => {
  const PARTICLES = 5;
  const inference = svi({
    model: () =>
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        yield* factor('f', tf.log(tf.relu(tf.add(z, 0.5))));
      }),
    guide: () => sample('z', normal(0, 1)),
    objective: elbo({ particles: PARTICLES }),
    optimizer: sgd(1),
  });
  const found = [0, 1, 2, 3, 4, 5].map((seed) => {
    const state = inference.init(key(seed));
    const source = keyedNoise(inference.drawKey(state));
    const z = source('z', 0, baseNoise('normal', []), [PARTICLES]).dataSync();
    expect(explainNonFinite(inference, state, undefined)?.particle).toBe(
      z.findIndex((own) => own <= -0.5),
    );
    return z.findIndex((own) => own <= -0.5);
  });
  // Not all of them the first, nor none.
  expect(new Set(found).size).toBeGreaterThan(1);
});
