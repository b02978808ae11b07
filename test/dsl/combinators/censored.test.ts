/** Censored laws: bounds against doubles far out in tails, what a latent one is told, faults. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Tensor,
  adam,
  condition,
  elbo,
  exponential,
  gamma,
  halfNormal,
  key,
  logDensity,
  mask,
  normal,
  param,
  plate,
  positive,
  program,
  sample,
  svi,
  trace,
} from 'marginalia';
import { grad } from 'marginalia/autodiff';
import {
  type Censored,
  type IsWithin,
  type Positive,
  type Real,
  cauchy,
  censored,
  dirichlet,
  geometric,
  gumbel,
  halfCauchy,
  inverseGamma,
  isWithin,
  laplace,
  logistic,
  pareto,
  poisson,
  weibull,
} from 'marginalia/distributions';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { logGammaShares } from '../../../dsl/numerics/double/gamma.js';
import { invalidArgument } from '../../../dsl/law/validity.js';

const first = (x: Tensor | undefined): number => x?.dataSync()[0] ?? Number.NaN;
const near = (received: number, wanted: number, slack = 3e-6): void =>
  expect(Math.abs(received - wanted), `${received} for ${wanted}`).toBeLessThanOrEqual(
    slack * (1 + Math.abs(wanted)),
  );
const at = (d: Distribution, z: number): number => first(d.logProb(tf.scalar(z)));
const right = (d: Distribution, z: number): number => at(censored(d, { right: 1 }), z);
const left = (d: Distribution, z: number): number => at(censored(d, { left: 1 }), z);
const between = (d: Distribution, low: number, high: number): number =>
  at(censored(d, { interval: { where: 1, to: high } }), low);

describe('a bound counts as in double precision, far out as well', () => {
  it('on the right and on the left', () => {
    near(right(exponential(2), 300), -600);
    near(left(exponential(2), 1e-6), Math.log(-Math.expm1(-2 * Math.fround(1e-6))));
    near(right(weibull(2, 3), 20), -1000);
    near(right(pareto(2, 3), 2000), -3 * Math.log(1000));
    near(right(logistic(1, 2), 201), -100);
    near(left(logistic(1, 2), -199), -100);
    near(right(gumbel(0, 1), 60), -60);
    near(right(cauchy(0, 1), 1e6), Math.log(1e-6 / Math.PI));
    near(right(halfCauchy(1), 1e6), Math.log(2e-6 / Math.PI));
    near(right(laplace(1, 2), 201), -100 - Math.LN2);
    near(left(laplace(1, 2), -199), -100 - Math.LN2);
    near(right(geometric({ probs: 0.25 }), 199), 200 * Math.log(0.75));
    near(right(normal(0, 1), 40), -804.608442, 1e-6);
    near(left(normal(0, 1), -40), -804.608442, 1e-6);
    near(right(halfNormal(1), 40), -804.608442 + Math.LN2, 1e-6);
    // e^−x (1 + x) for two exponential waits, and the sum of its terms for counts.
    near(right(gamma(2, 1), 200), -200 + Math.log(201));
    near(left(inverseGamma(2, 200), 1), -200 + Math.log(201));
    near(right(poisson(2), 0), Math.log(-Math.expm1(-2)));
    near(left(poisson(300), 1), -300 + Math.log(301));
    near(right(poisson(1), 80), logGammaShares(81, 1).below);
  });

  it('shares that double precision has no room for', () => {
    near(logGammaShares(2, 2000).above, -2000 + Math.log(2001), 1e-13);
    near(logGammaShares(300, 1e-3).below, 300 * Math.log(1e-3) - 1e-3 - 1414.905849988, 1e-6);
    near(logGammaShares(2, 1).below, Math.log1p(-2 / Math.E), 1e-13);
  });

  it('in an interval, wide and narrow, in the middle and in a tail', () => {
    near(between(exponential(2), 0.5, 1.5), Math.log(Math.exp(-1) - Math.exp(-3)));
    near(between(exponential(2), 100, 101), -200 + Math.log(-Math.expm1(-2)));
    const [rate, narrow] = [Math.fround(0.7), Math.fround(100.0003) - 100];
    const narrowly = -rate * 100 + Math.log(-Math.expm1(-rate * narrow));
    near(between(exponential(rate), 100, 100 + narrow), narrowly);
    near(between(normal(0, 1), -1, 1), Math.log(0.682689492));
    near(between(normal(0, 1), -1e30, 0), Math.log(0.5));
    near(between(poisson(3), 1, 3), -3 + Math.log(4.5 + 4.5));
  });

  it('has slopes of its own, and none of what is not asked', () => {
    const d = (rate: Tensor) =>
      censored(exponential(rate), {
        right: [1, 0, 0, 0],
        left: [0, 1, 0, 0],
        interval: { where: [0, 0, 1, 0], to: [0, 0, 3, 0] },
      });
    const z = tf.tensor1d([2, 0.5, 1, 1]);
    const slopes = [0, 1, 2, 3].map((i) =>
      first(grad((rate: Tensor) => tf.sum(tf.gather(d(rate).logProb(z), [i])))(tf.scalar(0.7))),
    );
    near(slopes[0] ?? NaN, -2);
    near(slopes[1] ?? NaN, 0.5 / Math.expm1(0.35), 1e-5);
    near(slopes[2] ?? NaN, -1 + 2 / Math.expm1(1.4), 1e-5);
    near(slopes[3] ?? NaN, 1 / 0.7 - 1);
    const far = grad((x: Tensor) => tf.sum(censored(normal(0, 1), { right: [1, 0] }).logProb(x)));
    expect([...far(tf.tensor1d([-1e4, 1e4])).dataSync()].every(Number.isFinite)).toBe(true);
  });
});

const days = [12, 30, 21, 40, 40];
const life = (rate: Tensor) =>
  program(function* () {
    const law = censored(exponential(rate), { right: [0, 0, 0, 1, 1] });
    return yield* plate('pumps', 5, sample('days', law));
  });

describe('in a program', () => {
  it('data are scored, and draws are whole', () => {
    const rate = tf.scalar(0.02);
    const log = first(logDensity(condition(life(rate), { days }), {}));
    near(log, 3 * Math.log(0.02) - 143 * 0.02);
    const whole = trace(life(tf.scalar(1e-4)), { key: key(3) }).sites.days.value;
    expect(first(tf.min(whole))).toBeGreaterThan(40);
  });

  it('a latent one is fitted by no guide', () => {
    const model = () => sample('t', censored(exponential(1), { right: 1 }));
    const guide = () =>
      program(function* () {
        const rate = yield* param('rate', 1, { support: positive });
        yield* sample('t', exponential(rate));
      });
    // @ts-expect-error: nothing lies where a censored law does.
    const made = svi({ model, guide, objective: elbo(), optimizer: adam(0.1) });
    expect(() => made.init(key(0))).toThrow(/observed positive/);
    const { support } = censored(exponential(1), {});
    expect(isWithin(positive, support)).toBe(false);
    expect(isWithin(support, support)).toBe(false);
    expectTypeOf<IsWithin<Real, Censored<Real>>>().toEqualTypeOf<false>();
    expectTypeOf<IsWithin<Censored<Positive>, Positive>>().toEqualTypeOf<false>();
  });
});

describe('what cannot be censored is refused', () => {
  const refused = (make: () => unknown, says: RegExp): void => expect(make).toThrow(says);
  it('by what it is', () => {
    refused(() => censored(dirichlet([1, 1]), {}), /a law of one number/);
    refused(() => censored(mask(normal(0, 1), 1), { right: 1 }), /but got a masked one; censor/);
    const { cdf: _, logCdf: __, logSurvival: ___, ...bare } = normal(0, 1);
    refused(() => censored(bare, { right: 1 }), /expected a law with a distribution function/);
  });

  it('by how', () => {
    refused(() => censored(normal(0, 1), { right: 0.5 }), /right to be 0 or 1, but got 0.5/);
    refused(
      // @ts-expect-error: no such side.
      () => censored(normal(0, 1), { rigth: 1 }),
      /write 'right'/,
    );
    const twice = censored(normal(0, 1), { right: [1, 0], left: [1, 0] });
    const found = invalidArgument(twice);
    expect(found?.argument.name).toBe('right + left + interval.where');
    expect(invalidArgument(censored(normal(0, tf.scalar(-1)), { right: 1 }))?.of.family.name).toBe(
      'Normal',
    );
  });
});
