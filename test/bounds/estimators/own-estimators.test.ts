/** Estimators that are written outside the package have all that its own have. */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Tensor,
  bernoulli,
  condition,
  derive,
  elbo,
  freeState,
  iwae,
  key,
  normal,
  param,
  program,
  sample,
  sgd,
  showDerivation,
  stopGradient,
  svi,
  uniform,
  useBackend,
} from 'marginalia';
import { gradientReport } from 'marginalia/diagnostics';
import {
  type Estimator,
  type SiteEstimators,
  enumeration,
  scoreFunction,
  showEstimator,
} from 'marginalia/estimators';
import { lint } from 'marginalia/lint';
import { LawNotApplicable, checkEstimatorsAgree, checkGradients } from 'marginalia/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { sameInEveryEngine } from '../../inference/compiled/engines.js';

/** The score function with a number for its baseline. */
const constantBaseline = (c: number): Estimator => ({
  ...scoreFunction({ baseline: 'none' }),
  name: 'constantBaseline',
  setting: `baseline ${c}`,
  options: { c },
  note: () => `baseline: ${c}`,
  surrogate: ({ cost, logQ, average }) => ({
    surrogate: average(tf.mul(tf.sub(cost, c), logQ)),
  }),
  ofWeights: ({ bound }) => tf.sub(bound, c),
  doubt: () => ({ found: 'its baseline is a constant', cure: 'Ask for scoreFunction().' }),
});

/** No gradient but that of the terms, for bits alone. */
const blocked: Estimator = {
  name: 'blocked',
  label: 'blocked',
  draws: 'fixed',
  bias: { of: 'gradient', why: 'no gradient passes the draw' },
  refuses: ({ family, objective }) =>
    family === 'Bernoulli'
      ? undefined
      : { received: `${family} under ${objective}`, cure: 'Ask for pathwise().' },
};

/** The score with the largest cost that was met for its baseline, from step to step. */
const largest: Estimator = {
  name: 'largest',
  label: 'score function',
  setting: 'largest cost',
  draws: 'fixed',
  carry: (site) => ({ [`largest ${site}`]: tf.scalar(-100) }),
  surrogate: ({ site, cost, logQ, average, carry }) => {
    const before = carry?.[`largest ${site}`] ?? tf.scalar(-100);
    return {
      surrogate: average(tf.mul(tf.sub(cost, before), logQ)),
      carry: { [`largest ${site}`]: tf.maximum(before, tf.max(cost)) },
    };
  },
};

/** A draw between its mean and itself: another law. */
const halfway: Estimator = {
  name: 'halfway',
  label: 'halfway',
  throughDraw: true,
  bias: { of: 'bound', why: 'draws are halfway to their mean' },
  draws:
    ({ distribution }) =>
    (noise) => {
      const mean = distribution.mean?.() ?? tf.scalar(0);
      return tf.div(tf.add(mean, stopGradient(distribution.sampler.draw(noise).value)), 2);
    },
};

const unseen = program(function* () {
  const z = yield* sample('z', bernoulli({ probs: 0.4 }));
  yield* sample('x', normal(tf.mul(z, 3), 1));
});
const bits = condition(unseen, { x: 4 });
const guide = program(function* () {
  yield* sample('z', bernoulli({ logits: yield* param('l', 0.3) }));
});
const asking = (z: Estimator, particles = 1): Objective => elbo({ particles, estimators: { z } });
const told = (objective: Objective): string => showDerivation(derive(bits, guide, objective));
const inferenceOf = (objective: Objective) =>
  svi({ model: () => bits, guide: () => guide, objective, optimizer: sgd(0.1) });

describe('an estimator of your own', () => {
  beforeAll(async () => {
    await useBackend('cpu')();
  });

  it('is derived and shown, with its bias', () => {
    expect(told(asking(constantBaseline(2)))).toContain(
      'gradient: score function: asked for; baseline: 2',
    );
    expect(told(asking(blocked))).toContain(
      'gradient: blocked: asked for; biased: no gradient passes the draw',
    );
    expect(told(asking(blocked))).toContain('log p(data) ≥ ELBO');
    expect(told(asking(halfway))).not.toContain('log p(data) ≥');
    expect(showEstimator(constantBaseline(2))).toBe('score function, baseline 2');
  });

  it.each<readonly [string, (estimators: SiteEstimators) => Objective, Estimator, RegExp]>([
    [
      'where it says so',
      (estimators) => elbo({ estimators }),
      blocked,
      /site 'u'.*blocked is valid for.*Uniform under elbo.*pathwise\(\)/,
    ],
    [
      'of one particle under a bound of weights',
      (estimators) => iwae({ particles: 2, estimators }),
      largest,
      /site 'u'.*largest cost is valid for.*iwae.*weights of all particles/,
    ],
    [
      'that sums where there is no sum',
      (estimators) => elbo({ estimators }),
      { name: 'sum', label: 'sum', sums: true },
      /site 'u'.*cannot be summed: its support has too many values/,
    ],
  ])('is refused %s', (_, objective, estimator, message) => {
    const uniforms = sample('u', uniform(0, 1));
    expect(() => derive(uniforms, uniforms, objective({ u: estimator }))).toThrow(message);
  });

  it('has the gradient that it adds, and a law that finds a wrong one', () => {
    checkGradients({ model: bits, guide, objective: asking(constantBaseline(2)) });
    const estimators = { z: constantBaseline(-1) };
    checkGradients({ model: bits, guide, objective: iwae({ particles: 3, estimators }) });
    checkEstimatorsAgree({
      model: bits,
      guide,
      objectives: { summed: elbo(), own: asking(constantBaseline(2), 2) },
    });
    const wrong = {
      ...constantBaseline(2),
      ofWeights: () => tf.scalar(1),
      surrogate: ({ cost, logQ, average }) => ({ surrogate: average(tf.mul(cost, tf.neg(logQ))) }),
    } satisfies Estimator;
    const check = (z: Estimator) => () =>
      checkGradients({ model: bits, guide, objective: asking(z) });
    expect(check(wrong)).toThrow(/gradients are finite differences/);
    expect(check(blocked)).toThrow(LawNotApplicable);
    expect(check(blocked)).toThrow("blocked() at 'z'");
    const { bias: _, ...silent } = blocked;
    expect(check(silent)).toThrow(/gradients are finite differences/);
  });

  it('is measured and recommended like any other', async () => {
    const inference = inferenceOf(asking(blocked));
    const state = inference.init(key(0));
    const report = await gradientReport(inference, state, undefined, {
      key: key(1),
      draws: 10,
      candidates: { z: [constantBaseline(-8), constantBaseline(-8), constantBaseline(0), largest] },
    });
    freeState(state);
    const [z] = report.sites;
    expect(z?.estimators.filter((e) => e.current).map((e) => [e.name, e.unbiased])).toEqual([
      ['blocked', false],
    ]);
    const own = z?.estimators.filter((e) => e.estimator.name === 'constantBaseline') ?? [];
    expect(own.map((e) => e.name)).toEqual([
      'score function, baseline -8',
      'score function, baseline 0',
    ]);
    expect(z?.recommended?.name).toBe(enumeration().name);
    expect(z?.estimators.map((e) => e.name)).toContain('score function, largest cost');
  });

  it('is doubted by lint in its own words', () => {
    const findings = lint(bits, guide, asking(constantBaseline(2)));
    expect(findings.map(({ found }) => found)).toEqual([
      'it is drawn and gets a score function gradient, and its 2 values could be summed',
      'its baseline is a constant',
    ]);
  });

  it('remembers from step to step', () => {
    const inference = inferenceOf(asking(largest));
    const first = inference.init(key(2));
    expect(first.carry['largest z']?.dataSync()[0]).toBe(-100);
    const [second, { loss, terms }] = inference.step(first);
    const [cost = NaN] = loss.dataSync();
    const [kl = NaN] = terms['kl z']?.dataSync() ?? [];
    expect(second.carry['largest z']?.dataSync()[0]).toBeCloseTo(-cost - kl, 4);
    tf.dispose([loss, terms]);
    [first, second].forEach(freeState);
  });

  it.each([
    ['a baseline', asking(constantBaseline(2), 2)],
    [
      'a baseline of a bound of weights',
      iwae({ particles: 3, estimators: { z: constantBaseline(2) } }),
    ],
    ['no gradient', asking(blocked)],
    ['a carry', asking(largest)],
    ['another draw', asking(halfway)],
  ])('with %s is compiled to what it is by eager steps', async (_, objective) => {
    const made = svi({
      model: (x: Tensor) => condition(unseen, { x }),
      guide: () => guide,
      objective,
      optimizer: sgd(0.1),
    });
    await sameInEveryEngine(made, tf.scalar(2));
  });
});
