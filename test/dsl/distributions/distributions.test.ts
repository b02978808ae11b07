/**
 * Every family and combinator: the laws of `marginalia/testing` on random cases, and log p against
 * formulas in double precision written here.
 */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {
  type Tensor,
  bernoulli,
  bijectors,
  categorical,
  delta,
  expand,
  independent,
  mask,
  mixture,
  multivariateNormal,
  normal,
  transformed,
  uniform,
} from 'marginalia';
import { realVector } from 'marginalia/distributions';
import {
  type DistributionCase,
  caseOf,
  censoredCases,
  checkDistributionCase,
  distributionCases,
  expandCases,
  hurdleCases,
  independentCases,
  maskCases,
  mixtureCases,
  toTensor,
  transformedCases,
  truncatedCases,
  valuesOf,
  familyCases,
  zeroInflatedCases,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { logProbOfDraw } from '../../../dsl/law/distribution.js';
import { parametersOf } from '../../../dsl/law/structure.js';
import { logAbsDeterminant } from '../../../src/testing/distributions/log-determinant.js';

const numbers = (x: Tensor): readonly number[] => [...x.dataSync()];

const expectClose = (received: Tensor, expected: readonly number[], slack = 2e-6): void => {
  const got = numbers(received);
  expect(got).toHaveLength(expected.length);
  got.forEach((g, i) => {
    const e = expected[i] ?? NaN;
    if (g !== e) expect(Math.abs(g - e), `${g} for ${e}`).toBeLessThan(slack * (1 + Math.abs(e)));
  });
};

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);

/** `npm run laws:long` asks for more cases than `npm test` has time for. */
const isLong = process.env['LAWS'] === 'long';

// The seeds are fixed: a random case may fail a law by bad luck or by rounding once in a million.
const SEED = 7;

describe('the laws hold for random', () => {
  const combinators: readonly (readonly [string, fc.Arbitrary<DistributionCase>])[] = [
    ['joint laws of independent parts', independentCases],
    ['expanded laws', expandCases],
    ['masked laws', maskCases],
    ['transformed laws', transformedCases],
    ['mixtures', mixtureCases],
  ];
  const gated: typeof combinators = [
    ['zero-inflated counts', zeroInflatedCases],
    ['counts behind a hurdle', hurdleCases],
    ['censored laws', censoredCases],
    ['truncated laws', truncatedCases],
  ];
  const check = (cases: fc.Arbitrary<DistributionCase>, numRuns: number): void =>
    fc.assert(
      fc.property(cases, (tried) => checkDistributionCase(tried)),
      { seed: SEED, numRuns },
    );
  it.each(Object.entries(familyCases))('%s', (_, cases) => check(cases, isLong ? 40 : 2));
  it.each(combinators)('%s', (_, cases) => check(cases, isLong ? 60 : 4));
  it.each(gated)('%s', (_, cases) => check(cases, isLong ? 60 : 3));

  it('values of a support have a log probability that is not NaN', () => {
    fc.assert(
      fc.property(
        distributionCases.chain((tried) =>
          valuesOf(tried.make(), [2]).map((value) => ({ tried, value })),
        ),
        ({ tried, value }) => {
          const d = tried.make();
          const logProb = d.logProb(toTensor(value));
          expect(logProb.shape).toEqual([2, ...d.batchShape]);
          expect(numbers(logProb).some(Number.isNaN)).toBe(false);
        },
      ),
      { seed: SEED, numRuns: isLong ? 1000 : 60 },
    );
  });
});

describe('the laws hold for', () => {
  const laws: readonly DistributionCase[] = [
    caseOf('a log-normal over two events', [], () =>
      independent(transformed(normal([0, 1], 0.5), bijectors.exp)),
    ),
    caseOf('a mixture of log-normals', [], () =>
      mixture(categorical({ probs: [1, 2] }), transformed(normal([0, 1], 0.3), bijectors.softplus)),
    ),
    caseOf('an affine map with a batch of its own', [], () =>
      transformed(normal(0, 1), bijectors.affine([0, 1, 2], [1, -2, 3])),
    ),
    caseOf('a map of a map', [], () =>
      transformed(transformed(normal(0, 1), bijectors.affine(1, 0.5)), bijectors.exp),
    ),
    caseOf('a wide mask of a point mass', [], () => mask(delta(1), [1, 0, 1])),
    caseOf('an expanded point mass', [], () => expand(delta(1), [3])),
    caseOf('a masked joint law', [], () =>
      mask(
        independent(
          normal(
            [
              [0, 1],
              [2, 3],
            ],
            1,
          ),
        ),
        [0, 1],
      ),
    ),
    caseOf('a joint law of masked parts', [], () => independent(mask(normal([0, 1], 1), [1, 0]))),
    caseOf('a joint law of vectors', [], () =>
      independent(multivariateNormal([[0], [1]], { scaleTril: [[2]] })),
    ),
  ];
  it.each(laws.map((l) => [l.label, l] as const))('%s', (_, law) => checkDistributionCase(law));
});

describe('log p is the formula, in double precision, of', () => {
  const triples = fc.array(
    fc.tuple(
      fc.float({ min: -8, max: 8, noNaN: true }),
      fc.float({ min: Math.fround(0.1), max: 8, noNaN: true }),
      fc.float({ min: -8, max: 8, noNaN: true }),
    ),
    { minLength: 1, maxLength: 20 },
  );
  const column = (rows: readonly (readonly number[])[], j: number): number[] =>
    rows.map((row) => row[j] ?? NaN);
  const normalLogProb = (z: number, m: number, s: number): number =>
    -0.5 * ((z - m) / s) ** 2 - Math.log(s) - HALF_LOG_TWO_PI;

  it('a normal', () => {
    fc.assert(
      fc.property(triples, (rows) => {
        const d = normal(column(rows, 0), column(rows, 1));
        expectClose(
          d.logProb(tf.tensor1d(column(rows, 2))),
          rows.map(([m, s, z]) => normalLogProb(z, m, s)),
        );
      }),
    );
  });

  it('an image of a normal under exp, softplus, a sigmoid and an affine map', () => {
    fc.assert(
      fc.property(triples, (rows) => {
        const base = normal(column(rows, 0), column(rows, 1));
        const xs = column(rows, 2).map((x) => x / 2);
        const at = (slope: (x: number) => number): readonly number[] =>
          rows.map(([m, s], i) => {
            const x = xs[i] ?? NaN;
            return normalLogProb(x, m, s) - Math.log(Math.abs(slope(x)));
          });
        const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
        const exp = xs.map((x) => Math.exp(x));
        const loose = 2e-3;
        expectClose(
          transformed(base, bijectors.exp).logProb(tf.tensor1d(exp)),
          at(Math.exp),
          loose,
        );
        const plus = xs.map((x) => Math.log1p(Math.exp(x)));
        expectClose(
          transformed(base, bijectors.softplus).logProb(tf.tensor1d(plus)),
          at(sigmoid),
          loose,
        );
        const share = xs.map((x) => 3 * sigmoid(x) - 1);
        expectClose(
          transformed(base, bijectors.sigmoidTo(-1, 2)).logProb(tf.tensor1d(share)),
          at((x) => 3 * sigmoid(x) * sigmoid(-x)),
          loose,
        );
        const line = xs.map((x) => 1 - 2 * x);
        expectClose(
          transformed(base, bijectors.affine(1, -2)).logProb(tf.tensor1d(line)),
          at(() => -2),
          loose,
        );
      }),
    );
  });

  it('a bernoulli, by logits and by probabilities', () => {
    const logits = [-30, -4, -0.5, 0, 0.5, 4, 30];
    const on = logits.map((l) => -Math.log1p(Math.exp(-l)));
    const off = logits.map((l) => -Math.log1p(Math.exp(l)));
    expectClose(bernoulli({ logits }).logProb(tf.scalar(1)), on);
    expectClose(bernoulli({ logits }).logProb(tf.scalar(0)), off);
    const probs = [1e-6, 0.25, 0.5, 0.9];
    expectClose(bernoulli({ probs }).logProb(tf.scalar(1)), probs.map(Math.log));
    expectClose(
      bernoulli({ probs }).logProb(tf.scalar(0)),
      probs.map((p) => Math.log1p(-p)),
    );
  });

  it('a categorical and a mixture', () => {
    const weights = [0.5, 1, 2.5];
    const total = sum(weights);
    const classes = tf.tensor1d([0, 1, 2]);
    const expected = weights.map((w) => Math.log(w / total));
    expectClose(categorical({ probs: weights }).logProb(classes), expected);
    expectClose(categorical({ logits: weights.map(Math.log) }).logProb(classes), expected);
    const [means, deviations] = [
      [-1, 0, 3],
      [0.5, 1, 2],
    ];
    const z = 0.7;
    expectClose(
      mixture(categorical({ probs: weights }), normal(means, deviations)).logProb(tf.scalar(z)),
      [
        Math.log(
          sum(
            weights.map(
              (w, k) =>
                (w / total) * Math.exp(normalLogProb(z, means[k] ?? NaN, deviations[k] ?? NaN)),
            ),
          ),
        ),
      ],
    );
  });

  it('a multivariate normal, by all three parametrisations and in a batch', () => {
    const factor = [
      [1.5, 0, 0],
      [-0.5, 0.8, 0],
      [0.7, 0.3, 1.2],
    ];
    const covariance = factor.map((a) =>
      factor.map((b) => sum(a.map((x, i) => x * (b[i] ?? NaN)))),
    );
    const loc = [1, -2, 0.5];
    const rows = [
      [1, -2, 0.5],
      [0, 0, 0],
      [3, -1, -2],
    ];
    // det [[Σ, d], [dᵀ, 0]] = −det Σ · dᵀ Σ⁻¹ d.
    const expected = rows.map((z) => {
      const d = z.map((x, i) => x - (loc[i] ?? NaN));
      const bordered = [...covariance.map((row, i) => [...row, d[i] ?? NaN]), [...d, 0]];
      const logDet = logAbsDeterminant(covariance);
      const square = Math.exp(logAbsDeterminant(bordered) - logDet);
      return -0.5 * square - 0.5 * logDet - 3 * HALF_LOG_TWO_PI;
    });
    const value = tf.tensor2d(rows);
    const logScale = factor.map((row, i) => Math.log(row[i] ?? NaN));
    expectClose(multivariateNormal(loc, { scaleTril: factor }).logProb(value), expected, 1e-5);
    expectClose(multivariateNormal(loc, { covariance }).logProb(value), expected, 1e-5);
    expectClose(
      multivariateNormal(loc, { logScale, lower: [-0.5, 0.7, 0.3] }).logProb(value),
      expected,
      1e-5,
    );
    const batch = multivariateNormal(tf.tensor2d([loc, [0, 0, 0]]), { covariance });
    expectClose(
      batch.logProb(tf.tensor2d([rows[0] ?? [], [0, 0, 0]])),
      [expected[0] ?? NaN, expected[0] ?? NaN],
      1e-5,
    );
  });

  it('sums over events, repeats over batches, and zeros under masks', () => {
    const [a, b] = [normalLogProb(0.5, 0, 1), normalLogProb(-1, 1, 2)];
    const pair = normal([0, 1], [1, 2]);
    const value = tf.tensor1d([0.5, -1]);
    expectClose(independent(pair).logProb(value), [a + b]);
    expectClose(expand(pair, [2, 2]).logProb(value), [a, b, a, b]);
    expectClose(mask(pair, [0, 1]).logProb(value), [0, b]);
    expectClose(uniform(-1, [1, 3]).logProb(tf.scalar(2)), [-Infinity, -Math.log(4)]);
    expectClose(uniform(-1, [1, 3]).logProb(tf.scalar(0)), [-Math.log(2), -Math.log(4)]);
  });

  it('a point mass, and its image, which stays one', () => {
    const d = delta(
      [
        [1, 2],
        [3, 4],
      ],
      { support: realVector },
    );
    expect(
      numbers(
        d.logProb(
          tf.tensor2d([
            [1, 2],
            [3, 5],
          ]),
        ),
      ),
    ).toEqual([0, -Infinity]);
    expect(numbers(delta(tf.scalar(Infinity)).logProb(tf.scalar(Infinity)))).toEqual([0]);
    const image = transformed(independent(delta([0.5, 2])), bijectors.exp);
    expect(numbers(logProbOfDraw(image, []))).toEqual([0]);
  });
});

describe('dependence', () => {
  it('shows in the tensors of every part, the map of a transformed law included', () => {
    const [loc, shift] = [tf.scalar(0), tf.scalar(1)];
    const d = transformed(normal(loc, 1), bijectors.affine(shift, 2));
    expect(parametersOf(independent(expand(d, [2])))).toEqual(expect.arrayContaining([loc, shift]));
  });
});
