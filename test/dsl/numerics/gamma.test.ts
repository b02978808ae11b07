/** The gamma function, its derivatives, and gamma draws, against double precision and exact moments. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Tensor,
  beta,
  dirichlet,
  exponential,
  foldIn,
  gamma,
  key,
} from 'marginalia';
import { compile } from 'marginalia/compile';
import { klDivergence } from 'marginalia/distributions';
import { randomNormal } from 'marginalia/random';
import { digamma, lgamma, polygamma } from 'marginalia/tensors';
import { describe, expect, it } from 'vitest';
import { logProbOfDraw } from '../../../dsl/law/distribution.js';
import { deviance } from '../../../dsl/numerics/deviance.js';
import {
  LIFT,
  logQuantileRatio,
  standardGamma,
} from '../../../dsl/distributions/positive/standard-gamma.js';
import { binet, binetSlope } from '../../../dsl/numerics/gamma-function.js';
import { standardErrors } from '../../../src/testing/statistics/statistics.js';
import { noiseFor } from '../../../src/testing/distributions/subject.js';
import { mean, sum, variance } from '../../../src/testing/statistics/numbers.js';
import { right } from '../../either.js';
import { digammaOf, logGamma, logGammaQuantile, polygammaOf } from './gamma-in-double.js';

const numbers = (x: Tensor): readonly number[] => [...x.dataSync()];

const range = (count: number, at: (i: number) => number): readonly number[] =>
  Array.from({ length: count }, (_, i) => Math.fround(at(i)));

/** From 1e-30 to 1e30, densely to 12, and on both sides of the zeros and of the seams. */
const ARGUMENTS = [
  ...range(301, (i) => 10 ** (i / 5 - 30)),
  ...range(600, (i) => (i + 0.37) / 50),
  ...[1, 2, 3, 1.46163214496836].flatMap((c) =>
    range(60, (i) => c + (i % 2 === 0 ? 1 : -1) * 10 ** (-i / 8)).filter((x) => x > 0),
  ),
];

/** The largest error, relative to the value or, with `scale`, to something else. */
const worst = (
  f: (x: Tensor) => Tensor,
  exact: (x: number) => number,
  scale: (x: number) => number = exact,
): number => {
  const received = numbers(f(tf.tensor1d([...ARGUMENTS])));
  return Math.max(
    ...ARGUMENTS.map((x, i) => {
      const size = Math.abs(scale(x));
      // What is no normal float32 cannot be right.
      if (size < 2 ** -126 || size > 3e38) return 0;
      return Math.abs((received[i] ?? NaN) - exact(x)) / size;
    }),
  );
};

const slope =
  (f: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    tf.grad((y: Tensor) => tf.sum(f(y)))(x);

describe('the relative error is below 5e-7, near zeros as well, of', () => {
  it.each([
    ['lgamma', lgamma, logGamma],
    ['digamma', digamma, digammaOf],
    ...[1, 2, 3].map(
      (n) =>
        [
          `polygamma ${n}`,
          (x: Tensor) => polygamma(n, x),
          (x: number) => polygammaOf(n, x),
        ] as const,
    ),
    ['the gradient of lgamma', slope(lgamma), digammaOf],
    ['its second derivative', slope(slope(lgamma)), (x: number) => polygammaOf(1, x)],
    ['the gradient of digamma', slope(digamma), (x: number) => polygammaOf(1, x)],
    ['the gradient of trigamma', slope((x) => polygamma(1, x)), (x: number) => polygammaOf(2, x)],
  ] as const)('%s', (_, f, exact) => {
    expect(worst(f, exact)).toBeLessThan(5e-7);
  });
});

describe("Binet's function", () => {
  const remainder = (x: number): number =>
    x > 1e3
      ? 1 / (12 * x) - 1 / (360 * x ** 3)
      : logGamma(x) - (x - 0.5) * Math.log(x) + x - 0.5 * Math.log(2 * Math.PI);
  const slopeOf = (x: number): number =>
    x > 1e3 ? -1 / (12 * x ** 2) + 1 / (120 * x ** 4) : digammaOf(x) - Math.log(x) + 0.5 / x;
  const curve = (x: number): number =>
    x > 1e3 ? 1 / (6 * x ** 3) : polygammaOf(1, x) - 1 / x - 0.5 / x ** 2;
  it('is right beside 1, and beside itself where it is small', () => {
    expect(worst(binet, remainder, (x) => Math.max(1, remainder(x)))).toBeLessThan(1e-6);
    expect(worst(binetSlope, slopeOf, (x) => Math.max(1, -slopeOf(x)))).toBeLessThan(1e-6);
    const large = tf.tensor1d([10, 1e3, 1e6]);
    [10, 1e3, 1e6].forEach((x, i) => {
      expect((numbers(binet(large))[i] ?? NaN) / remainder(x)).toBeCloseTo(1, 6);
      expect((numbers(binetSlope(large))[i] ?? NaN) / slopeOf(x)).toBeCloseTo(1, 6);
    });
  });

  it('has its slope as gradient, and that a curvature right beside 1 / x', () => {
    expect(worst(slope(binet), slopeOf, (x) => Math.max(1, -slopeOf(x)))).toBeLessThan(1e-6);
    expect(worst(slope(binetSlope), curve, (x) => 1 / x + 1 / x ** 2)).toBeLessThan(1e-6);
  });
});

describe('edges', () => {
  it('at 0, at ∞ and below 0', () => {
    const at = tf.tensor1d([0, Infinity, NaN]);
    expect(numbers(lgamma(at))).toEqual([Infinity, Infinity, NaN]);
    expect(numbers(digamma(at))).toEqual([-Infinity, Infinity, NaN]);
    expect(numbers(polygamma(1, at))).toEqual([Infinity, 0, NaN]);
    expect(numbers(lgamma(tf.scalar(-0.5)))).toEqual([NaN]);
  });

  it('polygamma 0 is digamma, and other orders are refused', () => {
    expect(numbers(polygamma(0, tf.scalar(2)))).toEqual(numbers(digamma(tf.scalar(2))));
    for (const n of [-1, 0.5]) expect(() => polygamma(n, tf.scalar(1))).toThrow(/whole number/);
  });
});

describe('the deviance', () => {
  const xs = [1e-6, 0.3, 1, 5, 1e4, 1e6];
  const ratios = [1e-20, 0.1, 0.499, 0.501, 0.9, 0.9999, 1, 1 + 2 ** -20, 1.1, 1.99, 2.01, 30, 1e8];
  const pairs = xs.flatMap((x) => ratios.map((r) => [Math.fround(x), Math.fround(x * r)] as const));
  const [x, m] = [0, 1].map((side) => tf.tensor1d(pairs.map((pair) => pair[side] ?? NaN)));

  it('keeps its relative accuracy where x and m are close', () => {
    const received = numbers(deviance(x ?? tf.scalar(0), m ?? tf.scalar(0)));
    pairs.forEach(([a, b], i) => {
      const d = (b - a) / a;
      // Near 1 the logarithm in double precision cancels too: four terms of its series.
      const exact =
        Math.abs(d) < 1e-3
          ? a * (d ** 2 / 2 - d ** 3 / 3 + d ** 4 / 4)
          : a * Math.log(a / b) - a + b;
      expect(Math.abs((received[i] ?? NaN) - exact)).toBeLessThanOrEqual(1e-6 * exact);
    });
  });

  it('has the gradients log(x / m) and 1 − x / m, in both shapes', () => {
    const [byX, byM] = tf.grads((a: Tensor, b: Tensor) => tf.sum(deviance(a, b)))([
      tf.scalar(2),
      tf.tensor1d([1, 8]),
    ]);
    expect(byX?.shape).toEqual([]);
    expect(numbers(byX ?? tf.scalar(NaN))[0]).toBeCloseTo(Math.log(2) - Math.log(4), 6);
    expect(numbers(byM ?? tf.scalar(NaN))).toEqual([-1, 0.75]);
  });
});

describe('the quantile of a gamma law above the lift', () => {
  const noise = range(28, (i) => -6.75 + i / 2);
  const concentrations = [LIFT, 10.5, 12, 17, 40, 300, 1e4, 1e6];

  it('is that of bisection in double precision, for all normal numbers that are drawn', () => {
    for (const a of concentrations) {
      const received = numbers(logQuantileRatio(tf.tensor1d([...noise]), tf.scalar(a)));
      noise.forEach((e, i) => {
        const exact = logGammaQuantile(e, a) - Math.log(a);
        expect(Math.abs((received[i] ?? NaN) - exact)).toBeLessThan(1e-6 / Math.sqrt(a / LIFT));
      });
    }
  });

  it('moves with the concentration as the quantile does at a fixed share', () => {
    for (const a of concentrations.slice(1, -2)) {
      const logQuantile = (at: Tensor): Tensor =>
        tf.add(tf.log(at), logQuantileRatio(tf.tensor1d([...noise]), at));
      const received = numbers(slope(logQuantile)(tf.fill([noise.length], a)));
      const h = a / 64;
      noise.forEach((e, i) => {
        const exact =
          (8 * (logGammaQuantile(e, a + h) - logGammaQuantile(e, a - h)) -
            (logGammaQuantile(e, a + 2 * h) - logGammaQuantile(e, a - 2 * h))) /
          (12 * h);
        expect(Math.abs((received[i] ?? NaN) / exact - 1)).toBeLessThan(2e-5);
      });
    }
  });
});

describe('draws that float32 cannot hold', () => {
  // Means over 20,000 draws, each beyond its threshold with probability 1e-7 by its standard error.
  it.each([
    ['gamma', (a: Tensor, b: Tensor): Distribution => gamma(a, b), 0.05, 2],
    ['beta', (a: Tensor, b: Tensor): Distribution => beta(b, a), 0.1, 2],
    ['beta, mirrored', (a: Tensor, b: Tensor): Distribution => beta(a, b), 0.05, 2],
    ['Dirichlet', (a: Tensor, b: Tensor): Distribution => dirichlet(tf.stack([a, b], -1)), 0.04, 1],
  ] as const)('log q of draws of a %s has the mean and slope of the entropy', (_, make, a, b) => {
    const count = 20_000;
    const noise = noiseFor(make(tf.scalar(a), tf.scalar(b)), [count], 21);
    const surprise = (x: Tensor, y: Tensor): Tensor => {
      const d = make(x, y);
      return tf.neg(logProbOfDraw(d, noise));
    };
    const wide = [tf.fill([count], a), tf.fill([count], b)];
    const [x = tf.scalar(0), y = tf.scalar(0)] = wide;
    const single = [tf.scalar(a), tf.scalar(b)];
    const entropy = (c: Tensor, e: Tensor): Tensor => make(c, e).entropy?.() ?? tf.scalar(NaN);
    const [byX, byY] = tf.grads((c: Tensor, e: Tensor) => tf.sum(surprise(c, e)))(wide);
    const [exactX, exactY] = tf.grads(entropy)(single);
    for (const [drawn, exact] of [
      [surprise(x, y), entropy(tf.scalar(a), tf.scalar(b))],
      [byX, exactX],
      [byY, exactY],
    ] as const) {
      const values = numbers(drawn ?? tf.scalar(NaN));
      const [mid = NaN] = numbers(exact ?? tf.scalar(NaN));
      const error = Math.sqrt(variance(values) / count) * standardErrors(1e-7);
      expect(Math.abs(mean(values) - mid)).toBeLessThan(error + 1e-4 * Math.abs(mid));
    }
  });
});

describe('gamma draws', () => {
  /** Midpoints of 4000 equal shares of the normal law, so that means over them are integrals. */
  const quantiles = (() => {
    const draws = [...randomNormal(foldIn(key(5), 'integral'), 400_000)].toSorted((a, b) => a - b);
    return Array.from({ length: 4000 }, (_, i) => draws[i * 100 + 50] ?? NaN);
  })();

  it('have E[∂ log z / ∂α] = ψ′(α): exactly in the exponentials, by a sum in the normal', () => {
    // With every exponential at its mean 1, the mean over the normal is the expectation: log z is
    // linear in them. The order statistics of 400,000 draws err by less than 1e-3 of the spread.
    for (const a of [0.01, 0.3, 1, 4, 50, 1000]) {
      const e = tf.tensor1d(quantiles);
      const logDraw = (alpha: Tensor): Tensor => {
        const { lifted, logRatio } = standardGamma(alpha, [e, tf.zeros([LIFT])]);
        return tf.add(tf.log(lifted), logRatio);
      };
      const received = mean(numbers(slope(logDraw)(tf.fill([quantiles.length], a))));
      expect(received / polygammaOf(1, a)).toBeCloseTo(1, 3);
    }
  });

  // Means over 20,000 draws, each beyond its threshold with probability 1e-7 by its standard error.
  it.each([0.5, 1, 3, 30])('have E[z] = α and E[∂z / ∂α] = 1 at %d', (a) => {
    const count = 20_000;
    const noise = noiseFor(gamma(a, 1), [count], 11);
    const draw = (alpha: Tensor): Tensor => gamma(alpha, 1).sampler.draw(noise).value;
    const at = tf.fill([count], a);
    for (const [values, exact] of [
      [numbers(draw(at)), a],
      [numbers(slope(draw)(at)), 1],
    ] as const) {
      const error = Math.sqrt(variance(values) / count) * standardErrors(1e-7);
      expect(Math.abs(mean(values) - exact)).toBeLessThan(error);
    }
  });

  it('of any concentration are positive and finite, with finite gradients, also of log z', () => {
    for (const a of [1e-6, 1e-2, 0.1, 1, 1e6, 1e12]) {
      const noise = noiseFor(gamma(a, 2), [500], 3);
      const at = tf.fill([500], a);
      const draw = (alpha: Tensor): Tensor => gamma(alpha, 2).sampler.draw(noise).value;
      const z = numbers(draw(at));
      expect(Math.min(...z)).toBeGreaterThan(0);
      expect(numbers(gamma(a, 2).logProb(tf.tensor1d([...z]))).every(Number.isFinite)).toBe(true);
      for (const f of [draw, (alpha: Tensor) => tf.log(draw(alpha))]) {
        expect(numbers(slope(f)(at)).every(Number.isFinite)).toBe(true);
      }
    }
  });

  it('keep their spread at large concentrations', () => {
    const z = numbers(gamma(1e8, 1).sampler.draw(noiseFor(gamma(1e8, 1), [4000], 2)).value);
    // The standard deviation of 4000 draws is within 8 % of 1e4 but for one in 1e11.
    expect(Math.sqrt(variance(z)) / 1e4).toBeCloseTo(1, 1);
  });
});

const kl = (q: Distribution, p: Distribution): readonly number[] =>
  numbers(klDivergence(q, p) ?? tf.scalar(NaN));

const expectAllClose = (received: readonly number[], expected: readonly number[]): void => {
  expect(received).toHaveLength(expected.length);
  received.forEach((r, i) =>
    expect(Math.abs(r - (expected[i] ?? NaN))).toBeLessThan(2e-6 * (1 + r)),
  );
};

describe('divergences of gammas and Dirichlets', () => {
  type Pair = readonly [number, number];
  const bregman = (b: number, a: number): number =>
    logGamma(b) - logGamma(a) - (b - a) * digammaOf(a);
  const klGamma = ([a, r]: Pair, [c, s]: Pair): number =>
    bregman(c, a) + c * Math.log(r / s) + (a * (s - r)) / r;
  const klDirichlet = (q: readonly number[], p: readonly number[]): number =>
    sum(q.map((a, i) => bregman(p[i] ?? NaN, a))) - bregman(sum(p), sum(q));

  it('are as far apart as the formula says, for small and for large concentrations', () => {
    const pairs: readonly (readonly [Pair, Pair])[] = [
      [
        [3, 6],
        [1, 1],
      ],
      [
        [0.01, 2],
        [0.02, 1],
      ],
      [
        [0.01, 2],
        [30, 1],
      ],
      [
        [30, 1],
        [0.01, 2],
      ],
      [
        [2, 1e-3],
        [2, 1e3],
      ],
      // Stirling's part of these is thousands of times what is left.
      [
        [1e4, 1],
        [2e4, 2],
      ],
      [
        [5e4, 3],
        [5e4 + 64, 3],
      ],
    ];
    for (const [q, p] of pairs) {
      expectAllClose(kl(gamma(...q), gamma(...p)), [klGamma(q, p)]);
    }
    for (const [q, p] of [
      [
        [4, 2],
        [1, 1],
      ],
      [
        [600, 400],
        [610, 390],
      ],
      [
        [0.05, 0.1, 20],
        [1, 1, 1],
      ],
      [
        [1, 1, 1],
        [0.05, 0.1, 20],
      ],
      [
        [2e4, 1e4, 1e4],
        [1e4, 5e3, 5e3],
      ],
    ] as const) {
      expectAllClose(kl(dirichlet(q), dirichlet(p)), [klDirichlet(q, p)]);
      const [[a, b], [c, d]] = [q, p];
      expectAllClose(kl(beta(a, b), beta(c, d)), [klDirichlet([a, b], [c, d])]);
    }
  });

  it('take an exponential law for a gamma law with concentration 1, on either side', () => {
    const [e, g] = [exponential([2, 0.5]), gamma(3, 2)];
    const one = gamma(1, [2, 0.5]);
    expectAllClose(kl(e, g), kl(one, g));
    expectAllClose(kl(g, e), kl(g, one));
    expectAllClose(kl(e, exponential(1)), kl(one, gamma(1, 1)));
    expectAllClose(kl(e, g), [klGamma([1, 2], [3, 2]), klGamma([1, 0.5], [3, 2])]);
  });
});

describe('compiled', () => {
  it('special functions and their gradients equal eager ones', async () => {
    const f = ({ x = tf.scalar(1) }: Readonly<Record<string, Tensor>>) => ({
      value: lgamma(x),
      slope: slope(lgamma)(x),
      curve: slope(digamma)(x),
      deviance: slope((v) => deviance(v, tf.scalar(2)))(x),
      binet: slope(binet)(x),
    });
    const x = tf.tensor1d(ARGUMENTS.filter((v) => v > 1e-9 && v < 1e9));
    const compiled = right(await compile(f, { x })());
    const found = await compiled.run({ x });
    for (const [name, eager] of Object.entries(f({ x }))) {
      const received = numbers(found[name] ?? tf.scalar(NaN));
      numbers(eager).forEach((e, i) => {
        const gap = Math.abs((received[i] ?? NaN) - e);
        expect(gap, `${name} at ${numbers(x)[i]}`).toBeLessThan(2e-6 * Math.max(1, Math.abs(e)));
      });
    }
    await compiled.close();
  });
});
