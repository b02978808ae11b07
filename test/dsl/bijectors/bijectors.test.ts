/** Every bijector: the laws of `marginalia/testing`, values that are known, and edges. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {
  type Tensor,
  bijectors,
  elbo,
  exponential,
  normal,
  positive,
  real,
  sample,
  simplex,
  stopGradient,
  transformed,
  uniform,
} from 'marginalia';
import { withGradient } from 'marginalia/autodiff';
import {
  type Bijector,
  arrayOf,
  bijectorTo,
  corrCholesky,
  interval,
  lowerCholesky,
  nonnegative,
  orderedVector,
  positiveOrderedVector,
} from 'marginalia/distributions';
import { varGrad } from 'marginalia/objectives';
import type { NoiseSource } from 'marginalia/random';
import {
  LawNotApplicable,
  bijectorCases,
  checkBijector,
  numbersIn,
  toTensor,
  valuesWithin,
} from 'marginalia/testing';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { logNormal } from '../../double.js';
import { estimateAt } from '../../bounds/estimate-at.js';

const numbers = (x: Tensor): readonly number[] => [...x.dataSync()];

const expectClose = (received: Tensor, expected: readonly number[], digits = 5): void =>
  numbers(received).forEach((r, i) => expect(r).toBeCloseTo(expected[i] ?? NaN, digits));

describe('the laws hold', () => {
  it('for random bijectors at random inputs', () => {
    fc.assert(
      fc.property(bijectorCases, ({ make, input, label }) => checkBijector(make, input, { label })),
      { seed: 11, numRuns: 100 },
    );
  });

  const wide = { shape: [5], values: [-6, -3, 0, 3, 6] };
  const square = { shape: [2, 2, 3], values: Array.from({ length: 12 }, (_, i) => Math.sin(i)) };
  const vectors: readonly Bijector[] = [
    bijectors.lowerCholesky,
    bijectors.stickBreaking,
    bijectors.corrCholesky,
    bijectors.ordered,
    bijectors.positiveOrdered,
    bijectors.permute([2, 0, 1]),
    bijectors.matrixAffine(
      [0, 1, 2],
      [
        [0, 1, 0],
        [2, 0, -1],
        [1, 0, 1],
      ],
    ),
  ];
  const scalars: readonly Bijector[] = [
    bijectors.identity,
    bijectors.exp,
    bijectors.softplus,
    bijectors.sigmoidTo(-1, 3),
    bijectors.affine([1, 2, 3, 4, 5], -2),
    bijectorTo(interval(1.5, Infinity)),
    bijectorTo(interval(-Infinity, -2)),
  ];
  it.each(scalars.map((b) => [b.name, b] as const))('for %s', (_, b) =>
    checkBijector(() => b, wide),
  );
  it.each(vectors.map((b) => [b.name, b] as const))('for %s under two left axes', (_, b) =>
    checkBijector(() => b, square),
  );
});

describe('the bijector to a support', () => {
  const supports = [
    [real, 'identity'],
    [positive, 'exp'],
    [nonnegative, 'exp'],
    [interval(-1, 2), 'sigmoidTo(-1, 2)'],
    [simplex, 'stickBreaking'],
    [lowerCholesky, 'lowerCholesky'],
    [corrCholesky, 'corrCholesky'],
    [orderedVector, 'ordered'],
    [positiveOrderedVector, 'positiveOrdered'],
    [arrayOf(positive, 2), 'exp'],
  ] as const;
  it.each(supports)('%o is %s, and reaches every value of it', (support, name) => {
    const b = bijectorTo(support);
    expect(b.name).toBe(name);
    fc.assert(
      fc.property(valuesWithin(support, [2, 3, 3]), (value) => {
        const y = toTensor(value);
        const x = b.inverse(y);
        expect(x.shape).toEqual(b.inputShape(y.shape));
        expectClose(b.forward(x), value.values, 4);
      }),
      { numRuns: 30 },
    );
  });

  it('is refused for an interval without an end', () => {
    expect(() => bijectorTo(interval(-Infinity, Infinity))).toThrow(
      /one of them finite.*interval\(-Infinity, Infinity\)/,
    );
  });
});

describe('known values', () => {
  it('softplus at 0 and far from it', () => {
    const x = tf.tensor1d([-20, 0, 40]);
    expectClose(bijectors.softplus.forward(x), [Math.log1p(Math.exp(-20)), Math.LN2, 40], 6);
    expectClose(bijectors.softplus.logAbsDetJacobian(x), [-20, -Math.LN2, 0]);
  });

  it('stick breaking: zeros are the centre, and K = 2 is the sigmoid', () => {
    for (const k of [2, 3, 5]) {
      const centre = bijectors.stickBreaking.forward(tf.zeros([2, k - 1]));
      expectClose(
        centre,
        Array.from({ length: 2 * k }, () => 1 / k),
      );
    }
    expectClose(bijectors.stickBreaking.forward(tf.tensor1d([1])), [0.7310586, 0.2689414]);
  });

  it('stick breaking: probabilities sum to 1, and a tiny one comes back', () => {
    fc.assert(
      fc.property(numbersIn([3, 4], -5, 5), (x) => {
        const total = numbers(tf.sum(bijectors.stickBreaking.forward(toTensor(x)), -1));
        total.forEach((t) => expect(t).toBeCloseTo(1, 5));
      }),
    );
    const x = [12, -12, 8];
    expectClose(
      bijectors.stickBreaking.inverse(bijectors.stickBreaking.forward(tf.tensor1d(x))),
      x,
      1,
    );
  });

  it('lower Cholesky: log diagonals first, then the entries below, row by row', () => {
    const x = tf.tensor1d([0, Math.log(2), Math.log(3), 4, 5, 6]);
    const y = bijectors.lowerCholesky.forward(x);
    expectClose(y, [1, 0, 0, 4, 2, 0, 5, 6, 3]);
    expectClose(bijectors.lowerCholesky.inverse(y), numbers(x));
    expectClose(bijectors.lowerCholesky.logAbsDetJacobian(x), [Math.log(6)]);
  });

  it('correlation factors: partial correlations row by row, and rows of length 1', () => {
    const r = [0.5, -0.25, 0.75];
    const x = tf.tensor1d(r.map(Math.atanh));
    const rest = r.map((p) => Math.sqrt(1 - p * p));
    const [a = NaN, b = NaN, c = NaN] = r;
    const [ra = NaN, rb = NaN, rc = NaN] = rest;
    const y = bijectors.corrCholesky.forward(x);
    expectClose(y, [1, 0, 0, a, ra, 0, b, rb * c, rb * rc]);
    expectClose(bijectors.corrCholesky.inverse(y), numbers(x));
    // 1 − r² of each, and √(1 − b²) where the entry after it shrinks by that.
    expectClose(bijectors.corrCholesky.logAbsDetJacobian(x), [
      2 * Math.log(ra) + 3 * Math.log(rb) + 2 * Math.log(rc),
    ]);
  });

  it('a correlation near 1 comes back, which 1 less its square would have lost', () => {
    const x = tf.tensor1d([9, -8, 0.5]);
    const { forward, inverse, logAbsDetJacobian } = bijectors.corrCholesky;
    expectClose(inverse(forward(x)), [9, -8, 0.5], 3);
    const rest = (t: number): number => -2 * Math.log(Math.cosh(t));
    expectClose(logAbsDetJacobian(x), [rest(9) + 1.5 * rest(8) + rest(0.5)], 4);
  });

  it('ordered vectors: the logarithms of steps, and entries that float32 made one', () => {
    const x = tf.tensor2d([
      [-2, 0, Math.log(3)],
      [5, -30, 0],
    ]);
    const y = bijectors.ordered.forward(x);
    expectClose(y, [-2, -1, 2, 5, 5, 6]);
    expectClose(bijectors.ordered.logAbsDetJacobian(x), [Math.log(3), -30]);
    expectClose(bijectors.ordered.inverse(y), [-2, 0, Math.log(3), 5, -100 * Math.LN2, 0], 4);
    const positives = bijectors.positiveOrdered.forward(x);
    expectClose(tf.slice(positives, 0, 1), [Math.exp(-2), Math.exp(-2) + 1, Math.exp(-2) + 4]);
    expectClose(bijectors.positiveOrdered.logAbsDetJacobian(x), [Math.log(3) - 2, -25]);
  });

  it('vectors of one number are the first entry alone', () => {
    const x = tf.tensor2d([[0.5], [-1]]);
    expectClose(bijectors.ordered.forward(x), [0.5, -1]);
    expectClose(bijectors.ordered.inverse(x), [0.5, -1]);
    expectClose(bijectors.ordered.logAbsDetJacobian(x), [0, 0]);
    expectClose(bijectors.positiveOrdered.forward(x), [Math.exp(0.5), Math.exp(-1)]);
  });

  it('a composition applies the first first, and sums over the axes that another map mixes', () => {
    const { affine, compose, exp, invert, log, permute, power } = bijectors;
    const b = compose(permute([1, 0]), affine([0, 1], 2), exp, power(0.5));
    const x = tf.tensor1d([0.5, -1]);
    expectClose(b.forward(x), [Math.exp(-1), Math.exp(1)]);
    expectClose(b.inverse(b.forward(x)), numbers(x));
    // 2 x + loc, then half of its exponential's logarithm.
    expectClose(b.logAbsDetJacobian(x), [2 * Math.log(2) + -2 + 2 + 2 * Math.log(0.5) - 0]);
    expect([b.inputRank, b.codomain.name, b.key]).toEqual([
      1,
      arrayOf(positive, 1).name,
      undefined,
    ]);
    const shifted = compose(affine(1, -2), exp);
    expect(numbers(shifted.direction?.() ?? tf.scalar(0))).toEqual([-1]);
    const known = compose(invert(exp), exp, log);
    expect([known.key, known.domain?.name]).toEqual([known.name, 'positive']);
    expectClose(invert(invert(exp)).forward(tf.scalar(2)), [Math.exp(2)]);
  });

  it('affine maps turn over with a negative scale, and bring axes of their own', () => {
    const b = bijectors.affine([1, 2], -2);
    expectClose(b.forward(tf.scalar(3)), [-5, -4]);
    expectClose(b.logAbsDetJacobian(tf.scalar(3)), [Math.LN2, Math.LN2]);
    expect(b.outputShape([])).toEqual([2]);
    expect(b.outputShape([3, 1])).toEqual([3, 2]);
  });
});

describe('what cannot be a bijector is refused', () => {
  it.each([
    [1, 0],
    [1, 1],
    [0, Infinity],
    [NaN, 1],
  ])('an interval from %d to %d', (low, high) => {
    expect(() => bijectors.sigmoidTo(low, high)).toThrow(/sigmoidTo: expected finite bounds/);
  });

  it.each([2, 4, 5])('%d entries of a correlation factor', (n) => {
    expect(() => bijectors.corrCholesky.forward(tf.zeros([n]))).toThrow(
      `corrCholesky: expected k(k-1)/2 numbers along the last axis, but got shape [${n}]`,
    );
  });

  it('a composition of maps that do not meet', () => {
    expect(() => bijectors.compose(bijectors.exp, bijectors.affine(0, 2))).toThrow(
      'compose: expected affine to be from what exp is onto, but got real and positive',
    );
    expect(() => bijectors.compose(bijectors.ordered, bijectors.exp)).toThrow(RangeError);
  });

  it('a permutation that is none, powers of 0, and matrices of other shapes', () => {
    expect(() => bijectors.permute([0, 2])).toThrow(/permute: expected each of the places/);
    expect(() => bijectors.permute([1, 0]).forward(tf.zeros([3]))).toThrow(/2 numbers along/);
    expect(() => bijectors.power(0)).toThrow(/power: expected an exponent/);
    expect(() => bijectors.lowerCholeskyAffine([0, 0], [[1]])).toThrow(/got \[2\] and \[1, 1\]/);
    expect(() =>
      bijectors.lowerCholeskyAffine(
        [0, 0],
        [
          [1, 0],
          [0, -1],
        ],
      ),
    ).toThrow(/scaleTril to be lower triangular with a positive diagonal/);
    const onto2 = bijectors.matrixAffine([0], [[1]]);
    expect(() => onto2.outputShape([2])).toThrow(/vectors of 1 numbers/);
  });

  it.each([2, 4, 5])('%d entries of a Cholesky factor', (n) => {
    expect(() => bijectors.lowerCholesky.forward(tf.zeros([n]))).toThrow(
      `lowerCholesky: expected k(k+1)/2 numbers along the last axis, but got shape [${n}]`,
    );
    expect(() => bijectors.lowerCholesky.outputShape([n])).toThrow(RangeError);
  });
});

describe('a map that is not from all real numbers', () => {
  it('takes laws on what it is from, and no others', () => {
    const rate = transformed(exponential(1), bijectors.power(-1));
    expectTypeOf(rate.support).toEqualTypeOf(positive);
    expectClose(rate.logProb(tf.scalar(2)), [-0.5 - 2 * Math.log(2)]);
    expectClose(rate.cdf?.(tf.scalar(2)) ?? tf.scalar(NaN), [Math.exp(-0.5)]);
    const logit = bijectors.invert(bijectors.sigmoidTo(0, 1));
    expectClose(transformed(uniform(0, 1), logit).logProb(tf.scalar(1)), [
      1 - 2 * Math.log1p(Math.exp(1)),
    ]);
    // @ts-expect-error a normal number may be negative
    expect(() => transformed(normal(0, 1), bijectors.log)).toThrow(
      'transformed(Normal, log): expected a law on what the map is from, positive, but got real',
    );
    // @ts-expect-error the exponentials of positive numbers are not all positive numbers
    expect(transformed(exponential(1), bijectors.exp).support).toBe(positive);
  });

  it('is checked where each of its entries can be moved', () => {
    const back = bijectors.invert(bijectors.stickBreaking);
    expect(() => checkBijector(() => back, { shape: [2], values: [0.5, 0.5] })).toThrow(
      LawNotApplicable,
    );
    expectClose(back.forward(tf.tensor1d([0.5, 0.25, 0.25])), [Math.log(2), 0]);
  });
});

describe('the laws notice', () => {
  const { exp, softplus, stickBreaking } = bijectors;
  const broken: readonly (readonly [string, Bijector])[] = [
    ['shapes', { ...exp, outputShape: (s) => [...s, 1] }],
    ['shapes', { ...stickBreaking, logAbsDetJacobian: (x) => tf.zerosLike(x) }],
    ['forward lands in the codomain', { ...exp, forward: (x) => tf.sub(tf.exp(x), 1) }],
    ['forward lands in the codomain', { ...stickBreaking, forward: (x) => tf.pad(x, [[0, 1]]) }],
    ['inverse(forward(x)) = x', { ...exp, inverse: (y) => tf.log1p(y) }],
    ['logAbsDetJacobian is log |det ∂forward/∂x|', { ...exp, logAbsDetJacobian: (x) => tf.neg(x) }],
    [
      'logAbsDetJacobian is log |det ∂forward/∂x|',
      {
        ...stickBreaking,
        logAbsDetJacobian: (x) => tf.add(stickBreaking.logAbsDetJacobian(x), 0.05),
      },
    ],
    [
      'gradient of logAbsDetJacobian',
      { ...exp, logAbsDetJacobian: (x) => tf.add(tf.mul(x, 0), stopGradient(x)) },
    ],
    [
      'gradient of forward',
      {
        ...softplus,
        forward: (x) =>
          withGradient(
            x,
            (v) => tf.softplus(v),
            (dy) => dy,
          ),
      },
    ],
  ];
  it.each(broken)('%s', (law, b) => {
    const input = { shape: [3], values: [-1, 0, 0.5] };
    expect(() => checkBijector(() => b, input)).toThrow(`The law '${law}' is broken by ${b.name}`);
  });
});

describe('maps of one name that are not one map', () => {
  const times = (k: number): Bijector<typeof positive> => ({
    ...bijectors.softplus,
    name: 'times',
    forward: (x) => tf.mul(tf.softplus(x), k),
    inverse: (y) => bijectors.softplus.inverse(tf.div(y, k)),
    logAbsDetJacobian: (x) => tf.add(bijectors.softplus.logAbsDetJacobian(x), Math.log(k)),
  });
  const by = (k: number) => sample('z', transformed(normal(0, 1), times(k)));

  it.each([elbo({ closedFormKl: 'never' }), varGrad({ particles: 2 })])(
    'are evaluated at the value: $name',
    (objective) => {
      const noise: NoiseSource = (_site, _block, { shape }, batch) =>
        tf.fill([...batch, ...shape], 0.7);
      const found = estimateAt(by(2), by(3), objective, { noise });
      const z = 3 * Math.log1p(Math.exp(0.7));
      const logDensity = (k: number): number => {
        const x = Math.log(Math.expm1(z / k));
        return logNormal(x, 0) - Math.log(k) + Math.log1p(Math.exp(-x));
      };
      expect(found.value).toBeCloseTo(logDensity(2) - logDensity(3), 5);
    },
  );
});
