/** Random conjugate models with their evidence and posterior, both exact. */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  bernoulli,
  beta,
  categorical,
  dirichlet,
  exponential,
  gamma,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
} from '../../../dsl/index.js';
import type { AnyProgram } from '../law/inference.js';

/** A model whose posterior is of its prior's family. */
export interface ConjugatePair {
  /** The families with their numbers. */
  readonly label: string;
  readonly model: AnyProgram;
  /** The posterior, with its parameters as `param` sites at their exact values. */
  readonly posterior: AnyProgram;
  /** The same family away from the posterior: a guide that is wrong. */
  readonly guide: AnyProgram;
  /** log p(data), nats, in double precision. */
  readonly logEvidence: number;
}

const total = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);

/** log (a)(a + 1) … (a + n − 1): a ratio of gamma functions without one. */
const logRising = (a: number, n: number): number =>
  total(Array.from({ length: n }, (_, i) => Math.log(a + i)));

/** Positive eighths, exact in float32. */
const eighths = (low: number, high: number): fc.Arbitrary<number> =>
  fc.integer({ min: Math.ceil(low * 8), max: Math.floor(high * 8) }).map((n) => n / 8);

const listOf = <A>(each: fc.Arbitrary<A>, most = 6): fc.Arbitrary<readonly A[]> =>
  fc.array(each, { minLength: 1, maxLength: most });

const bit = fc.constantFrom(0, 1);

const normalAt = (loc: number, scale: number): AnyProgram =>
  program(function* () {
    const at = yield* param('loc', loc);
    yield* sample('z', normal(at, yield* param('scale', scale, { support: positive })));
  });

/** z ~ N(m, s), x_i ~ N(z, t). */
const normalNormal: fc.Arbitrary<ConjugatePair> = fc
  .tuple(eighths(-2, 2), eighths(0.5, 2), eighths(0.5, 2), listOf(eighths(-3, 3)))
  .map(([m, s, t, data]) => {
    const n = data.length;
    const precision = 1 / s ** 2 + n / t ** 2;
    const mean = (m / s ** 2 + total(data) / t ** 2) / precision;
    const square = (m / s) ** 2 + total(data.map((x) => (x / t) ** 2)) - mean ** 2 * precision;
    const logs = n * Math.log(2 * Math.PI * t * t) + Math.log(s * s * precision);
    const sd = Math.sqrt(1 / precision);
    return {
      label: `Normal(${m}, ${s})-Normal(${t}) of ${data.join()}`,
      model: program(function* () {
        const z = yield* sample('z', normal(m, s));
        yield* plate('data', n, observe('x', normal(z, t), data));
      }),
      posterior: normalAt(mean, sd),
      guide: normalAt(mean + sd / 2, 1.25 * sd),
      logEvidence: -0.5 * (logs + square),
    };
  });

/** z_i ~ N(m, s), x_i ~ N(z_i, t): a latent site for each datum. */
const normalEach: fc.Arbitrary<ConjugatePair> = fc
  .tuple(eighths(-2, 2), eighths(0.5, 2), eighths(0.5, 2), listOf(eighths(-3, 3)))
  .map(([m, s, t, data]) => {
    const n = data.length;
    const sd = 1 / Math.sqrt(1 / s ** 2 + 1 / t ** 2);
    const means = data.map((x) => (m / s ** 2 + x / t ** 2) * sd ** 2);
    const wide = s ** 2 + t ** 2;
    const at = (shift: number, scale: number): AnyProgram =>
      plate(
        'data',
        n,
        program(function* () {
          const loc = yield* param('shift', shift);
          const width = yield* param('scale', scale, { support: positive });
          yield* sample('z', normal(tf.add(tf.tensor1d(means), loc), width));
        }),
      );
    return {
      label: `each Normal(${m}, ${s})-Normal(${t}) of ${data.join()}`,
      model: plate(
        'data',
        n,
        program(function* () {
          const z = yield* sample('z', normal(m, s));
          yield* observe('x', normal(z, t), data);
        }),
      ),
      posterior: at(0, sd),
      guide: at(sd / 2, 1.25 * sd),
      logEvidence: total(
        data.map((x) => -0.5 * (Math.log(2 * Math.PI * wide) + (x - m) ** 2 / wide)),
      ),
    };
  });

const betaAt = (ones: number, zeros: number): AnyProgram =>
  program(function* () {
    const a = yield* param('ones', ones, { support: positive });
    yield* sample('z', beta(a, yield* param('zeros', zeros, { support: positive })));
  });

/** z ~ Beta(a, b), x_i ~ Bernoulli(z). */
const betaBernoulli: fc.Arbitrary<ConjugatePair> = fc
  .tuple(eighths(1, 5), eighths(1, 5), listOf(bit))
  .map(([a, b, data]) => {
    const n = data.length;
    const k = total(data);
    return {
      label: `Beta(${a}, ${b})-Bernoulli of ${data.join()}`,
      model: program(function* () {
        const probs = yield* sample('z', beta(a, b));
        yield* plate('data', n, observe('x', bernoulli({ probs }), data));
      }),
      posterior: betaAt(a + k, b + n - k),
      guide: betaAt(a + k + 0.5, b + n - k + 0.25),
      logEvidence: logRising(a, k) + logRising(b, n - k) - logRising(a + b, n),
    };
  });

const gammaAt = (concentration: number, rate: number): AnyProgram =>
  program(function* () {
    const a = yield* param('concentration', concentration, { support: positive });
    yield* sample('z', gamma(a, yield* param('rate', rate, { support: positive })));
  });

/** z ~ Gamma(a, rate b), x_i ~ Exponential(z). */
const gammaExponential: fc.Arbitrary<ConjugatePair> = fc
  .tuple(eighths(1, 4), eighths(0.5, 3), listOf(eighths(0.25, 4)))
  .map(([a, b, data]) => {
    const n = data.length;
    const rate = b + total(data);
    return {
      label: `Gamma(${a}, ${b})-Exponential of ${data.join()}`,
      model: program(function* () {
        const z = yield* sample('z', gamma(a, b));
        yield* plate('data', n, observe('x', exponential(z), data));
      }),
      posterior: gammaAt(a + n, rate),
      guide: gammaAt(a + n, 1.125 * rate),
      logEvidence: a * Math.log(b) - (a + n) * Math.log(rate) + logRising(a, n),
    };
  });

const dirichletAt = (concentration: readonly number[]): AnyProgram =>
  program(function* () {
    const at = yield* param('concentration', concentration, { support: positive });
    yield* sample('z', dirichlet(at));
  });

/** z ~ Dirichlet(a), x_i ~ Categorical(z). */
const dirichletCategorical: fc.Arbitrary<ConjugatePair> = fc
  .integer({ min: 2, max: 4 })
  .chain((classes) =>
    fc.tuple(
      fc.array(eighths(0.75, 3), { minLength: classes, maxLength: classes }),
      listOf(fc.nat({ max: classes - 1 })),
    ),
  )
  .map(([a, data]) => {
    const counts = a.map((_, k) => data.filter((x) => x === k).length);
    const after = a.map((x, k) => x + (counts[k] ?? 0));
    return {
      label: `Dirichlet(${a.join()})-Categorical of ${data.join()}`,
      model: program(function* () {
        const probs = yield* sample('z', dirichlet(a));
        yield* plate('data', data.length, observe('x', categorical({ probs }), data));
      }),
      posterior: dirichletAt(after),
      guide: dirichletAt(after.map((x) => 0.875 * x)),
      logEvidence:
        total(a.map((x, k) => logRising(x, counts[k] ?? 0))) - logRising(total(a), data.length),
    };
  });

/**
 * Random conjugate pairs: Normal-Normal with one latent site and with one for each datum,
 * Beta-Bernoulli, Gamma-Exponential and Dirichlet-Categorical, of one to six data.
 *
 * Every number is a small multiple of an eighth, so float32 holds it exactly.
 *
 * @example
 * ```ts
 * fc.assert(
 *   fc.property(conjugatePairs, ({ model, posterior, logEvidence }) =>
 *     checkExactGuide({ model, guide: posterior, logEvidence }),
 *   ),
 *   { numRuns: 5 },
 * );
 * ```
 */
export const conjugatePairs: fc.Arbitrary<ConjugatePair> = fc.oneof(
  normalNormal,
  normalEach,
  betaBernoulli,
  gammaExponential,
  dirichletCategorical,
);
