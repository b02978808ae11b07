/** Every bijector: the laws of `marginalia/testing`, values that are known, and edges. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {
  type Tensor,
  bijectors,
  elbo,
  normal,
  positive,
  real,
  sample,
  simplex,
  stopGradient,
  transformed,
} from 'marginalia';
import { withGradient } from 'marginalia/autodiff';
import {
  type Bijector,
  arrayOf,
  bijectorTo,
  interval,
  lowerCholesky,
  nonnegative,
} from 'marginalia/distributions';
import { varGrad } from 'marginalia/objectives';
import type { NoiseSource } from 'marginalia/random';
import {
  bijectorCases,
  checkBijector,
  numbersIn,
  toTensor,
  valuesWithin,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
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
  const vectors: readonly Bijector[] = [bijectors.lowerCholesky, bijectors.stickBreaking];
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

  it.each([2, 4, 5])('%d entries of a Cholesky factor', (n) => {
    expect(() => bijectors.lowerCholesky.forward(tf.zeros([n]))).toThrow(
      `lowerCholesky: expected k(k+1)/2 numbers along the last axis, but got shape [${n}]`,
    );
    expect(() => bijectors.lowerCholesky.outputShape([n])).toThrow(RangeError);
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
