/** Closed-form divergences against formulas in double precision, averages over draws, and laws. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {
  type Distribution,
  type Tensor,
  bernoulli,
  beta,
  bijectors,
  categorical,
  delta,
  dirichlet,
  expand,
  gamma,
  halfNormal,
  independent,
  logNormal,
  mask,
  mixture,
  multivariateNormal,
  normal,
  studentT,
  transformed,
  uniform,
} from 'marginalia';
import { halfCauchy, klDivergence, realVector } from 'marginalia/distributions';
import {
  type DistributionCase,
  type Numbers,
  caseOf,
  numbersIn,
  toTensor,
  familyCases,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { slopes } from '../../../src/testing/law/finite-differences.js';
import { numericFunction } from '../../../src/testing/law/numeric-function.js';
import { logAbsDeterminant } from '../../../src/testing/distributions/log-determinant.js';
import { mean, sum, variance } from '../../../src/testing/statistics/numbers.js';
import { standardErrors } from '../../../src/testing/statistics/statistics.js';
import { noiseFor } from '../../../src/testing/distributions/subject.js';

const numbers = (x: Tensor): readonly number[] => [...x.dataSync()];

const kl = (q: Distribution, p: Distribution): Tensor => {
  const found = klDivergence(q, p);
  if (found === undefined) throw new Error('expected a closed form');
  return found;
};

const expectClose = (received: readonly number[], expected: readonly number[], slack = 1e-5) => {
  expect(received).toHaveLength(expected.length);
  received.forEach((r, i) => {
    const e = expected[i] ?? NaN;
    expect(Math.abs(r - e), `${r} for ${e}`).toBeLessThanOrEqual(slack * (1 + Math.abs(e)));
  });
};

const klNormal = (m: number, s: number, a: number, b: number): number =>
  Math.log(b / s) + (s * s + (m - a) ** 2) / (2 * b * b) - 0.5;

describe('the closed form is the formula, in double precision, of', () => {
  it('normals', () => {
    fc.assert(
      fc.property(
        numbersIn([4], -4, 4),
        numbersIn([4], 1 / 8, 4),
        numbersIn([4], -4, 4),
        numbersIn([4], 1 / 8, 4),
        (m, s, a, b) => {
          expectClose(
            numbers(kl(normal(toTensor(m), toTensor(s)), normal(toTensor(a), toTensor(b)))),
            m.values.map((x, i) =>
              klNormal(x, s.values[i] ?? NaN, a.values[i] ?? NaN, b.values[i] ?? NaN),
            ),
          );
        },
      ),
    );
    expectClose(numbers(kl(normal(0, 1e-25), normal(0, 1))), [klNormal(0, 1e-25, 0, 1)]);
  });

  it('Bernoullis and categoricals, certain ones included', () => {
    const part = (q: number, p: number): number => (q === 0 ? 0 : q * Math.log(q / p));
    for (const [q, p] of [
      [0.3, 0.6],
      [0, 0.5],
      [1, 0.25],
      [0, 0],
      [1, 1],
      [1, 0],
    ] as const) {
      const expected = part(q, p) + part(1 - q, 1 - p);
      expect(numbers(kl(bernoulli({ probs: q }), bernoulli({ probs: p })))[0]).toBeCloseTo(
        expected,
        5,
      );
      const [two, other] = [
        [q, 1 - q],
        [p, 1 - p],
      ];
      expect(
        numbers(kl(categorical({ probs: two }), categorical({ probs: other })))[0],
      ).toBeCloseTo(expected, 5);
    }
    const far = kl(bernoulli({ logits: [100, -100] }), bernoulli({ logits: [-100, -100] }));
    expectClose(numbers(far), [100, 0]);
  });

  it('multivariate normals, against determinants', () => {
    const factor = (k: number, seed: number): readonly (readonly number[])[] =>
      Array.from({ length: k }, (_, i) =>
        Array.from({ length: k }, (__, j) =>
          j > i ? 0 : Math.fround((i === j ? 1 : 0) + 0.4 * Math.sin(seed + 3 * i + j)),
        ),
      );
    for (const k of [1, 2, 3, 5]) {
      const [lq, lp] = [factor(k, 1), factor(k, 2)];
      const [mq, mp] = [1, 4].map((s) =>
        Array.from({ length: k }, (_, i) => Math.fround(Math.cos(s + i))),
      );
      const square = (l: readonly (readonly number[])[]): readonly (readonly number[])[] =>
        l.map((a) => l.map((b) => sum(a.map((x, i) => x * (b[i] ?? NaN)))));
      const [sq, sp] = [square(lq), square(lp)];
      const d = (mq ?? []).map((x, i) => x - (mp?.[i] ?? NaN));
      // vᵀ Σ⁻¹ w = −det [[Σ, w], [vᵀ, 0]] / det Σ, with v = w here.
      const logDet = logAbsDeterminant(sp);
      const form = (v: readonly number[]): number =>
        Math.exp(
          logAbsDeterminant([...sp.map((row, i) => [...row, v[i] ?? NaN]), [...v, 0]]) - logDet,
        );
      const columns = lq.map((_, j) => lq.map((row) => row[j] ?? NaN));
      const expected =
        0.5 * (sum(columns.map(form)) + form(d) - k + logDet - logAbsDeterminant(sq));
      const q = multivariateNormal(mq ?? [], { scaleTril: lq });
      const p = multivariateNormal(mp ?? [], { covariance: sp });
      expectClose(numbers(kl(q, p)), [expected], 1e-4);
    }
  });
});

describe('a vector of independent normals is a multivariate normal with a diagonal factor', () => {
  const pairs: readonly (readonly [string, Distribution, Distribution])[] = [
    ['both full', normal([1, 2], [0.5, 2]), normal([0, 1], [1, 3])],
    ['one location', normal(0.5, [0.5, 2]), normal(-1, [1, 3])],
    ['one scale', normal([1, 2], 0.5), normal([0, 1], 3)],
    ['expanded', expand(normal(1, 0.5), [2]), expand(normal([0], [2]), [2])],
    [
      'with a batch',
      normal(
        tf.tensor2d([
          [1, 2],
          [3, 4],
        ]),
        0.5,
      ),
      normal([0, 1], [1, 3]),
    ],
  ];
  const dense = (d: Distribution): Distribution => {
    const fill = tf.zeros([...d.batchShape]);
    const at = (x: Tensor | undefined): Tensor => tf.add(x ?? NaN, fill);
    const logScale = tf.mul(tf.log(at(d.variance?.())), 0.5);
    const lower = tf.zeros([1]);
    return multivariateNormal(at(d.mean?.()), { logScale, lower });
  };
  it.each(pairs)('%s', (_, q, p) => {
    const [iq, ip] = [independent(q), independent(p)];
    const expected = numbers(kl(iq, ip));
    for (const [left, right] of [
      [dense(q), dense(p)],
      [iq, dense(p)],
      [dense(q), ip],
    ] as const) {
      const found = kl(left, right);
      expect(found.shape).toEqual(iq.batchShape);
      expectClose(numbers(found), expected);
    }
  });
});

type Move = (parameter: number, by: number) => number;
const added: Move = (v, by) => v + by;
const scaled: Move = (v, by) => v * 2 ** by;

/** Families, and how the first parameter of q becomes one of p, or every one where it is scaled. */
type Family = readonly [string, fc.Arbitrary<DistributionCase>, Move];
const families: readonly Family[] = [
  ['normals', familyCases.normal, added],
  ['Bernoullis', familyCases.bernoulli, added],
  ['categoricals', familyCases.categorical, added],
  ['one-hot categoricals', familyCases.oneHotCategorical, added],
  ['multivariate normals', familyCases.multivariateNormal, added],
  ['log-normals', familyCases.logNormal, added],
  ['half-normals', familyCases.halfNormal, scaled],
  ['half-Cauchys', familyCases.halfCauchy, scaled],
  ['Laplace laws', familyCases.laplace, added],
  ['exponentials', familyCases.exponential, scaled],
  ['gammas', familyCases.gamma, scaled],
  ['betas', familyCases.beta, scaled],
  ['Dirichlets', familyCases.dirichlet, scaled],
];

/** Two cases of one family with the same shapes. */
const pairOf = (cases: fc.Arbitrary<DistributionCase>, move: Move) =>
  fc.tuple(cases, fc.integer({ min: -32, max: 32 })).map(([q, step]) => {
    const moved: readonly Numbers[] = q.parameters.map((p, which) =>
      (which === 0 || move === scaled) && q.label.includes('probs') === false
        ? { ...p, values: p.values.map((v, i) => move(v, (((i + which + 1) % 3) * step) / 64)) }
        : p,
    );
    return { q, p: caseOf(q.label, moved, q.from) };
  });

describe.each(families)('%s', (_name, cases, move) => {
  it('are at distance 0 of themselves, and no less of others', () => {
    fc.assert(
      fc.property(pairOf(cases, move), ({ q, p }) => {
        const [a, b] = [q.make(), p.make()];
        numbers(kl(a, q.make())).forEach((d) => expect(Math.abs(d)).toBeLessThan(1e-5));
        const apart = kl(a, b);
        expect(apart.shape).toEqual(a.batchShape);
        numbers(apart).forEach((d) => expect(d).toBeGreaterThanOrEqual(-1e-5));
      }),
      { numRuns: 50 },
    );
  });

  // Means of log ratios over 2000 draws: a false alarm in 1e-7 of runs, by their standard errors.
  it('are as far apart as their draws say', () => {
    fc.assert(
      fc.property(pairOf(cases, move), ({ q, p }) => {
        const [a, b] = [q.make(), p.make()];
        const draws = 2000;
        const value = a.sampler.draw(noiseFor(a, [draws], 5)).value;
        const batch = numbers(kl(a, b));
        const ratios = numbers(tf.sub(a.logProb(value), b.logProb(value)));
        batch.forEach((expected, entry) => {
          const own = ratios.filter((__, i) => i % batch.length === entry);
          const error = Math.sqrt(variance(own) / draws) * standardErrors(1e-7 / 64);
          expect(Math.abs(mean(own) - expected)).toBeLessThan(error + 1e-5);
        });
      }),
      { seed: 3, numRuns: 8 },
    );
  });

  it('have the gradient of the divergence in all parameters', () => {
    fc.assert(
      fc.property(pairOf(cases, move), ({ q, p }) => {
        const inputs = [...q.parameters, ...p.parameters];
        const total = (...at: readonly Tensor[]): Tensor =>
          at.reduce<Tensor>(
            (t, x) => tf.add(t, tf.mul(tf.sum(x), 0)),
            tf.sum(
              kl(q.from(at.slice(0, q.parameters.length)), p.from(at.slice(q.parameters.length))),
            ),
          );
        const found = tf.grads((...at: Tensor[]) => total(...at))(inputs.map(toTensor));
        const names = inputs.map((_, which) => String(which));
        const named = <A>(of: readonly A[]): Readonly<Record<string, A>> =>
          Object.fromEntries(of.map((x, which) => [String(which), x] as const));
        const divergence = numericFunction(named(inputs.map(toTensor)), (at) => ({
          total: total(...names.map((name) => at[name] ?? tf.scalar(NaN))),
        }));
        const start = named(inputs.map(({ values }) => values));
        inputs.forEach((input, which) => {
          const received = numbers(found[which] ?? tf.scalar(NaN));
          input.values.forEach((x, i) => {
            const [slope] = slopes(
              (t) => {
                const moved = { ...start, [String(which)]: input.values.with(i, x + t) };
                return [divergence.at(moved, {})['total']?.[0] ?? NaN];
              },
              { precision: divergence.precision, wanted: (value) => 1e-4 * (1 + Math.abs(value)) },
            );
            const size = 1 + Math.abs(slope?.value ?? NaN);
            expect(Math.abs((received[i] ?? NaN) - (slope?.value ?? NaN))).toBeLessThan(
              1e-2 * size,
            );
          });
        });
      }),
      { seed: 4, numRuns: 6 },
    );
  });
});

describe('batches', () => {
  it('broadcast, and an expansion fills its batch', () => {
    expect(kl(normal(tf.zeros([3, 1]), 1), normal([0, 1], 1)).shape).toEqual([3, 2]);
    const wide = kl(expand(normal(0, 1), [3, 2]), normal([0, 1], 1));
    expectClose(numbers(wide), [0, 0.5, 0, 0.5, 0, 0.5]);
    const q = bernoulli({ probs: 0.25 });
    const p = bernoulli({ probs: [0.5, 0.75] });
    const single = numbers(kl(q, p));
    expectClose(numbers(kl(expand(q, [3, 2]), p)), [...single, ...single, ...single]);
    expect(kl(q, expand(p, [3, 2])).shape).toEqual([3, 2]);
    const vectors = independent(normal(tf.zeros([4, 3]), 1));
    const prior = multivariateNormal([0, 0, 1], { scaleTril: tf.eye(3) });
    expectClose(numbers(kl(vectors, expand(prior, [4]))), [0.5, 0.5, 0.5, 0.5]);
  });

  it('a joint law adds its parts, over any number of axes', () => {
    const [q, p] = [
      normal(tf.ones([2, 3]), 1),
      normal(0, [
        [1, 1, 1],
        [1, 1, 1],
      ]),
    ];
    expectClose(numbers(kl(independent(q, 2), independent(p, 2))), [3]);
    expectClose(numbers(kl(independent(q), independent(p))), [1.5, 1.5]);
    const classes = categorical({ logits: tf.zeros([2, 3]) });
    expectClose(numbers(kl(independent(classes), independent(classes))), [0]);
  });
});

describe('no closed form is claimed for', () => {
  const vector = independent(normal([0, 0], 1));
  const pairs: readonly (readonly [string, Distribution, Distribution])[] = [
    ['events of another shape', normal(0, 1), vector],
    ['different families', normal(0, 1), uniform(-1, 1)],
    ['a point mass', delta(0), normal(0, 1)],
    ['a point mass of a vector', delta([0, 0], { support: realVector }), vector],
    ['a masked law', mask(normal(0, 1), 1), normal(0, 1)],
    ['a masked prior', normal(0, 1), mask(normal(0, 1), 1)],
    ['a masked part', vector, independent(mask(normal([0, 0], 1), [1, 0]))],
    ['an expanded mask', expand(mask(normal(0, 1), 1), [2]), normal(0, 1)],
    ['an image', transformed(normal(0, 1), bijectors.identity), normal(0, 1)],
    ['a mixture', mixture(categorical({ logits: [0] }), normal([0], 1)), normal(0, 1)],
    ['discrete against continuous', bernoulli({ logits: 0 }), normal(0, 1)],
    ['laws on the half line of different families', gamma(2, 1), logNormal(0, 1)],
    ['a half-Cauchy and a half-normal law', halfCauchy(1), halfNormal(1)],
    ['a Dirichlet and a beta law', dirichlet([2, 2]), beta(2, 2)],
    ['Dirichlets of different sizes', dirichlet([2, 2]), dirichlet([2, 2, 2])],
    ["two Student's ts", studentT(3, 0, 1), studentT(4, 0, 1)],
    ['joint laws of different families', vector, independent(uniform([0, 0], 1))],
  ];
  it.each(pairs)('%s', (_, q, p) => {
    expect(klDivergence(q, p)).toBeUndefined();
  });
});
