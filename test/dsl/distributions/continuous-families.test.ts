/** Families beyond the normal: log p, entropy and moments in double precision, and their edges. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {
  type Distribution,
  type Tensor,
  beta,
  categorical,
  dirichlet,
  expand,
  exponential,
  gamma,
  halfNormal,
  independent,
  logNormal,
  mask,
  mixture,
  studentT,
} from 'marginalia';
import { halfCauchy, laplace, relaxedOneHotCategorical } from 'marginalia/distributions';
import { type DistributionCase, caseOf, checkDistributionCase } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { sum, variance } from '../../../src/testing/statistics/numbers.js';
import { noiseFor } from '../../../src/testing/distributions/subject.js';
import { digammaOf, logGamma } from '../numerics/gamma-in-double.js';

const numbers = (x: Tensor): readonly number[] => [...x.dataSync()];
const first = (x: Tensor | undefined): number => x?.dataSync()[0] ?? NaN;

/** Float32 numbers, spread evenly in the logarithm. */
const spread = (low: number, high: number): fc.Arbitrary<number> =>
  fc
    .double({ min: Math.log(low), max: Math.log(high), noNaN: true })
    .map((l) => Math.fround(Math.exp(l)));

const logBeta = (alpha: readonly number[]): number =>
  sum(alpha.map(logGamma)) - logGamma(sum(alpha));

interface Formula {
  readonly name: string;
  readonly parameters: readonly (readonly [number, number])[];
  readonly make: (...parameters: readonly number[]) => Distribution;
  /** Values, from a number in (0, 1) and the parameters. */
  readonly at: (u: number, ...parameters: readonly number[]) => readonly number[];
  readonly logProb: (z: readonly number[], ...parameters: readonly number[]) => number;
  readonly entropy: (...parameters: readonly number[]) => number;
}

const HALF_LOG = 0.5 * Math.log(2 / Math.PI);
const nan = (xs: readonly number[], i: number): number => xs[i] ?? NaN;

const formulas: readonly Formula[] = [
  {
    name: 'exponential',
    parameters: [[1e-3, 1e3]],
    make: (rate = 1) => exponential(rate),
    at: (u, rate = 1) => [-Math.log(u) / rate],
    logProb: ([z = NaN], rate = 1) => Math.log(rate) - rate * z,
    entropy: (rate = 1) => 1 - Math.log(rate),
  },
  {
    name: 'halfNormal',
    parameters: [[1e-3, 1e3]],
    make: (scale = 1) => halfNormal(scale),
    at: (u, scale = 1) => [4 * u * scale],
    logProb: ([z = NaN], s = 1) => HALF_LOG - Math.log(s) - 0.5 * (z / s) ** 2,
    entropy: (s = 1) => 0.5 * Math.log((Math.PI * s * s) / 2) + 0.5,
  },
  {
    name: 'halfCauchy',
    parameters: [[1e-3, 1e3]],
    make: (scale = 1) => halfCauchy(scale),
    at: (u, scale = 1) => [scale * Math.tan((Math.PI * u) / 2)],
    logProb: ([z = NaN], s = 1) => Math.log(2 / Math.PI) - Math.log(s) - Math.log1p((z / s) ** 2),
    entropy: (s = 1) => Math.log(2 * Math.PI * s),
  },
  {
    name: 'laplace',
    parameters: [
      [1e-2, 10],
      [1e-3, 1e3],
    ],
    make: (loc = 0, scale = 1) => laplace(loc, scale),
    at: (u, loc = 0, scale = 1) => [loc + scale * (60 * u - 30)],
    logProb: ([z = NaN], m = 0, s = 1) => -Math.abs(z - m) / s - Math.log(2 * s),
    entropy: (_, s = 1) => 1 + Math.log(2 * s),
  },
  {
    name: 'logNormal',
    parameters: [
      [1e-2, 10],
      [0.1, 3],
    ],
    make: (loc = 0, scale = 1) => logNormal(loc, scale),
    at: (u, loc = 0, scale = 1) => [Math.exp(loc + scale * (8 * u - 4))],
    logProb: ([z = NaN], m = 0, s = 1) =>
      -0.5 * ((Math.log(z) - m) / s) ** 2 - Math.log(s * z) - 0.5 * Math.log(2 * Math.PI),
    entropy: (m = 0, s = 1) => m + 0.5 + Math.log(s) + 0.5 * Math.log(2 * Math.PI),
  },
  {
    name: 'studentT',
    parameters: [
      [0.1, 1e6],
      [1e-2, 10],
      [0.1, 10],
    ],
    make: (df = 1, loc = 0, scale = 1) => studentT(df, loc, scale),
    at: (u, _, loc = 0, scale = 1) => [loc + scale * Math.tan(Math.PI * (u - 0.5))],
    logProb: ([z = NaN], v = 1, m = 0, s = 1) =>
      logGamma((v + 1) / 2) -
      logGamma(v / 2) -
      0.5 * Math.log(Math.PI * v) -
      Math.log(s) -
      ((v + 1) / 2) * Math.log1p(((z - m) / s) ** 2 / v),
    entropy: (v = 1, _ = 0, s = 1) =>
      ((v + 1) / 2) * (digammaOf((v + 1) / 2) - digammaOf(v / 2)) +
      0.5 * Math.log(v) +
      logBeta([v / 2, 0.5]) +
      Math.log(s),
  },
  {
    name: 'gamma',
    parameters: [
      [1e-2, 1e5],
      [1e-2, 1e2],
    ],
    make: (concentration = 1, rate = 1) => gamma(concentration, rate),
    // Within four standard deviations of the mean, or a small share of it.
    at: (u, a = 1, b = 1) => [(a / b) * Math.exp((8 * u - 4) / Math.sqrt(a))],
    logProb: ([z = NaN], a = 1, b = 1) =>
      a * Math.log(b) + (a - 1) * Math.log(z) - b * z - logGamma(a),
    entropy: (a = 1, b = 1) => a - Math.log(b) + logGamma(a) + (1 - a) * digammaOf(a),
  },
  {
    name: 'beta',
    parameters: [
      [1e-2, 1e4],
      [1e-2, 1e4],
    ],
    make: (one = 1, zero = 1) => beta(one, zero),
    at: (u, a = 1, b = 1) => {
      const logit = Math.log(a / b) + (6 * u - 3) * Math.sqrt(1 / a + 1 / b);
      return [Math.min(1 / (1 + Math.exp(-logit)), 0.999)];
    },
    logProb: ([z = NaN], a = 1, b = 1) =>
      (a - 1) * Math.log(z) + (b - 1) * Math.log1p(-z) - logBeta([a, b]),
    entropy: (a = 1, b = 1) =>
      logBeta([a, b]) -
      (a - 1) * digammaOf(a) -
      (b - 1) * digammaOf(b) +
      (a + b - 2) * digammaOf(a + b),
  },
  {
    name: 'dirichlet',
    parameters: [
      [1e-2, 1e3],
      [1e-2, 1e3],
      [1e-2, 1e3],
    ],
    make: (...alpha) => dirichlet(alpha),
    at: (u, ...alpha) => {
      const weights = alpha.map((a, i) => a * Math.exp(((6 * u - 3) * (i - 1)) / Math.sqrt(a)));
      const [x = NaN, y = NaN] = weights.map((w) => Math.fround(w / sum(weights)));
      return [x, y, 1 - x - y];
    },
    logProb: (z, ...alpha) =>
      sum(alpha.map((a, i) => (a - 1) * Math.log(nan(z, i)))) - logBeta(alpha),
    entropy: (...alpha) => {
      const whole = sum(alpha);
      return (
        logBeta(alpha) +
        (whole - alpha.length) * digammaOf(whole) -
        sum(alpha.map((a) => (a - 1) * digammaOf(a)))
      );
    },
  },
];

describe('log p and entropy are the formulas, in double precision, of', () => {
  it.each(formulas.map((f) => [f.name, f] as const))('%s', (_, f) => {
    fc.assert(
      fc.property(
        fc.tuple(...f.parameters.map(([low, high]) => spread(low, high))),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (parameters, u) => {
          const d = f.make(...parameters);
          const value = f.at(u, ...parameters).map(Math.fround);
          fc.pre(value.every((z) => z > 1e-30 && z < 1e30));
          const shaped =
            d.eventShape.length === 0 ? tf.scalar(value[0] ?? NaN) : tf.tensor1d(value);
          // What float32 rounds in values and parameters moves log p by as much as this.
          const nudged = (xs: readonly number[], i: number): readonly number[] =>
            xs.map((x, j) => (i === j ? x * (1 + 2 ** -23) : x));
          const exact = f.logProb(value, ...parameters);
          const rounding = sum([
            ...value.map((__, i) => Math.abs(f.logProb(nudged(value, i), ...parameters) - exact)),
            ...parameters.map((__, i) =>
              Math.abs(f.logProb(value, ...nudged(parameters, i)) - exact),
            ),
          ]);
          const slack = 2e-6 * (1 + Math.abs(exact)) + 2 * rounding;
          expect(Math.abs(first(d.logProb(shaped)) - exact)).toBeLessThan(slack);
          const entropy = f.entropy(...parameters);
          expect(Math.abs(first(d.entropy?.()) - entropy)).toBeLessThan(
            3e-6 * (1 + Math.abs(entropy)),
          );
        },
      ),
      { seed: 12, numRuns: 200 },
    );
  });
});

describe('the laws hold for', () => {
  const laws: readonly DistributionCase[] = [
    caseOf('a joint law of gammas', [{ shape: [2], values: [4, 9] }], ([a = []]) =>
      independent(gamma(a, 1)),
    ),
    caseOf('an expanded gamma', [{ shape: [], values: [0.75] }], ([a = 1]) =>
      expand(gamma(a, 2), [3]),
    ),
    caseOf('a masked gamma', [{ shape: [2], values: [0.75, 2] }], ([a = 1]) =>
      mask(gamma(a, 2), [1, 0]),
    ),
    caseOf('a mixture of gammas', [{ shape: [2], values: [1, 6] }], ([a = 1]) =>
      mixture(categorical({ probs: [1, 2] }), gamma(a, 2)),
    ),
    caseOf('a mixture of Dirichlets', [{ shape: [2, 3], values: [1, 2, 3, 5, 2, 2] }], ([a = []]) =>
      mixture(categorical({ probs: [1, 2] }), dirichlet(a)),
    ),
    caseOf('a joint law of Student ts', [], () => independent(studentT([12, 30], 0, [1, 2]))),
    caseOf('a small concentration', [{ shape: [], values: [0.2] }], ([a = 1]) => gamma(a, 1)),
    caseOf('a large one', [{ shape: [], values: [400] }], ([a = 1]) => gamma(a, 20)),
    caseOf('a Dirichlet of small ones', [], () => dirichlet([0.3, 0.2, 0.4])),
    caseOf('a lopsided beta', [{ shape: [], values: [0.3] }], ([a = 1]) => beta(a, 40)),
  ];
  it.each(laws.map((l) => [l.label, l] as const))('%s', (_, law) => checkDistributionCase(law));
});

describe('at the edges of the support', () => {
  const laws = [
    exponential(2),
    halfNormal(1),
    halfCauchy(1),
    gamma(2, 1),
    gamma(1, 2),
    logNormal(0, 1),
  ];
  it.each(laws.map((d) => [d.family.name, d] as const))(
    '%s: no density below 0, some at 0',
    (_, d) => {
      const [below, at, missing] = numbers(d.logProb(tf.tensor1d([-1e-3, 0, NaN])));
      expect(below).toBe(-Infinity);
      expect(Number.isFinite(at)).toBe(true);
      expect(missing).toBeNaN();
      const slope = tf.grad((z: Tensor) => tf.sum(d.logProb(z)))(tf.tensor1d([-1, 0]));
      expect(numbers(slope).every(Number.isFinite)).toBe(true);
    },
  );

  it('a gamma law with concentration 1 is exponential, at 0 as well', () => {
    const z = tf.tensor1d([0, 1e-20, 0.3, 5]);
    const expected = numbers(exponential(2).logProb(z));
    numbers(gamma(1, 2).logProb(z)).forEach((l, i) => expect(l).toBeCloseTo(nan(expected, i), 4));
  });

  it('a beta law counts 0 and 1 as inside, and is flat where both concentrations are 1', () => {
    const z = tf.tensor1d([-1e-3, 0, 0.3, 1, 1.001]);
    const [below, low = NaN, middle = NaN, high = NaN, above] = numbers(beta(1, 1).logProb(z));
    expect([below, above]).toEqual([-Infinity, -Infinity]);
    for (const l of [low, middle, high]) expect(l).toBeCloseTo(0, 4);
    const [, , , at = NaN] = numbers(beta(0.5, 0.5).logProb(z));
    expect(at).toBeLessThan(10);
  });

  it('draws of tiny concentrations lie inside, with finite log p and gradients', () => {
    for (const d of [beta(0.01, 0.01), beta(1e-4, 3), dirichlet([1e-3, 1e-3, 1e-3])]) {
      const value = d.sampler.draw(noiseFor(d, [200], 4)).value;
      expect(Math.min(...numbers(value))).toBeGreaterThan(0);
      expect(numbers(d.logProb(value)).every(Number.isFinite)).toBe(true);
      const slope = tf.grad((z: Tensor) => tf.sum(d.logProb(z)))(value);
      expect(numbers(slope).every(Number.isFinite)).toBe(true);
      if (d.eventShape.length === 1) {
        numbers(tf.sum(value, -1)).forEach((total) => expect(total).toBeCloseTo(1, 6));
      }
    }
  });

  it('draws of large concentrations keep their spread', () => {
    const d = beta(1e6, 1e6);
    const z = numbers(d.sampler.draw(noiseFor(d, [4000], 6)).value);
    expect(Math.sqrt(variance(z)) * Math.sqrt(8e6)).toBeCloseTo(1, 1);
  });
});

describe('beyond what float32 squares', () => {
  const gradientsAt = (d: (z: Tensor) => Tensor, z: number): readonly number[] =>
    numbers(tf.grad((at: Tensor) => tf.sum(d(at)))(tf.scalar(z)));

  it('heavy tails fall as powers, with finite gradients', () => {
    for (const z of [1e10, 1e19, 1e25, 1e36]) {
      for (const [nu, scale] of [
        [0.1, 1],
        [3, 0.5],
      ] as const) {
        const power =
          logGamma((nu + 1) / 2) -
          logGamma(nu / 2) -
          0.5 * Math.log(Math.PI * nu) -
          Math.log(scale) -
          (nu + 1) * (Math.log(z / scale) - 0.5 * Math.log(nu));
        expect(first(studentT(nu, 0, scale).logProb(tf.scalar(-z))) / power).toBeCloseTo(1, 5);
        const slope = gradientsAt((at) => studentT(nu, 0, scale).logProb(at), -z);
        expect((nan(slope, 0) * z) / (nu + 1)).toBeCloseTo(1, 5);
        const bySize = gradientsAt((v) => studentT(v, 0, scale).logProb(tf.scalar(z)), nu);
        const h = 1e-4;
        const at = (v: number): number =>
          logGamma((v + 1) / 2) - logGamma(v / 2) + (v / 2) * Math.log(v) - v * Math.log(z / scale);
        expect(nan(bySize, 0) / ((at(nu + h) - at(nu - h)) / (2 * h))).toBeCloseTo(1, 4);
      }
      const cauchy = Math.log(2 / Math.PI) - 2 * Math.log(z);
      expect(first(halfCauchy(1).logProb(tf.scalar(z))) / cauchy).toBeCloseTo(1, 5);
    }
    expect(first(gamma(0.5, 2).logProb(tf.scalar(1e38))) / -2e38).toBeCloseTo(1, 5);
  });
});

describe('moments', () => {
  it("of Student's t exist from one and from two degrees of freedom on", () => {
    const d = studentT([0.5, 1.5, 3], 7, 2);
    expect(numbers(d.mean?.() ?? tf.scalar(0))).toEqual([NaN, 7, 7]);
    expect(numbers(d.variance?.() ?? tf.scalar(0))).toEqual([NaN, Infinity, 12]);
  });

  it('of a half-Cauchy law do not', () => {
    const d: Distribution = halfCauchy(1);
    expect([d.mean, d.variance]).toEqual([undefined, undefined]);
  });

  it('of the others are the textbook ones', () => {
    const table: readonly (readonly [Distribution, number, number])[] = [
      [exponential(4), 0.25, 0.0625],
      [gamma(3, 2), 1.5, 0.75],
      [beta(2, 6), 0.25, 0.1875 / 9],
      [halfNormal(2), 2 * Math.sqrt(2 / Math.PI), 4 * (1 - 2 / Math.PI)],
      [logNormal(0.5, 1), Math.E, (Math.E - 1) * Math.E ** 2],
      [dirichlet([1, 3]), 0.25, 0.1875 / 5],
    ];
    for (const [d, mean, spreadOf] of table) {
      expect(first(d.mean?.()) / mean).toBeCloseTo(1, 5);
      expect(first(d.variance?.()) / spreadOf).toBeCloseTo(1, 5);
    }
  });
});

describe('what does not fit is refused', () => {
  it('one concentration for shares, and shapes that do not broadcast', () => {
    const beyond = tf.tensor2d([
      [-0.25, 1.25],
      [0.5, 0.5],
    ]);
    for (const d of [dirichlet([1, 1]), relaxedOneHotCategorical(1, { logits: [0, 0] })]) {
      expect(d.logProb(beyond).arraySync()).toEqual([-Infinity, expect.closeTo(0, 5)]);
    }
    expect(() => dirichlet(1)).toThrow(/dirichlet: expected one concentration a share/);
    for (const make of [gamma, beta, logNormal]) {
      expect(() => make([1, 2], [1, 2, 3])).toThrow(/\[2\] and \[3\]/);
    }
    expect(() => studentT([1, 2], 0, [1, 2, 3])).toThrow(/StudentT/);
    expect(() => dirichlet([1, 1]).logProb(tf.tensor1d([1]))).toThrow(/Dirichlet: expected/);
  });
});
