/** Truncated laws against integrals in double precision, far out as well, what is open or unknown, faults. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Tensor,
  bijectors,
  halfNormal,
  mask,
  normal,
  real,
} from 'marginalia';
import { grad } from 'marginalia/autodiff';
import {
  type Interval,
  beta,
  dirichlet,
  exponential,
  gumbel,
  interval,
  laplace,
  logistic,
  pareto,
  poisson,
  studentT,
  transformed,
  truncated,
  truncatedNormal,
  uniform,
  weibull,
} from 'marginalia/distributions';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { invalidArgument } from '../../../dsl/law/validity.js';

const first = (x: Tensor | undefined): number => x?.dataSync()[0] ?? Number.NaN;
const near = (received: number, wanted: number, slack = 3e-6): void =>
  expect(Math.abs(received - wanted), `${received} for ${wanted}`).toBeLessThanOrEqual(
    slack * (1 + Math.abs(wanted)),
  );
const at = (d: Distribution, z: number): number => first(d.logProb(tf.scalar(z)));
const place = (d: Distribution, u: number): number => first(d.icdf?.(tf.scalar(u)));

type Density = (z: number) => number;

/** Simpson's rule, over so many pieces. */
const integral = (f: Density, low: number, high: number, pieces = 4000): number => {
  const h = (high - low) / pieces;
  let total = f(low) + f(high);
  for (let i = 1; i < pieces; i += 1) total += (i % 2 === 0 ? 2 : 4) * f(low + i * h);
  return (total * h) / 3;
};

/** A law between two bounds by its log density in double precision, relative to that at one of them. */
const inDouble = (logDensity: Density, low: number, high: number) => {
  const peak = Math.max(logDensity(low), logDensity(high), logDensity((low + high) / 2));
  const f: Density = (z) => Math.exp(logDensity(z) - peak);
  const whole = integral(f, low, high);
  const share = (z: number): number => integral(f, low, z, 400) / whole;
  return {
    logProb: (z: number): number => logDensity(z) - peak - Math.log(whole),
    quantile: (u: number): number => {
      let [a, b] = [low, high];
      for (let i = 0; i < 40; i += 1) {
        const middle = (a + b) / 2;
        if (share(middle) < u) a = middle;
        else b = middle;
      }
      return (a + b) / 2;
    },
  };
};

const bell: Density = (z) => (-z * z) / 2;
const sigmoidal: Density = (z) => -z - 2 * Math.log1p(Math.exp(-z));
const heavy: Density = (z) => -2.5 * Math.log1p((z * z) / 4);

/** A truncated law against the oracle: its logarithms are as large as `size`, of which float32 keeps seven digits. */
const agrees = (
  d: Distribution,
  logDensity: Density,
  low: number,
  high: number,
  size: number,
): void => {
  const oracle = inDouble(logDensity, low, high);
  const slack = 3e-6 + 3e-7 * size;
  const shares = [0.001, 0.3, 0.9995];
  const places = shares.map(oracle.quantile);
  const logs = d.logProb(tf.tensor1d(places)).dataSync();
  const found = d.icdf?.(tf.tensor1d(shares)).dataSync() ?? [];
  places.forEach((z, i) => {
    near(logs[i] ?? Number.NaN, oracle.logProb(Math.fround(z)), slack);
    // Beside rounding of the place itself, that of a share.
    const told = slack / Math.exp(oracle.logProb(z));
    expect(Math.abs((found[i] ?? Number.NaN) - z), `${found[i]} for ${z}`).toBeLessThanOrEqual(
      2 ** -21 * Math.abs(z) + told,
    );
  });
};

describe('a truncated law is as in double precision', () => {
  const far = 8;
  it('in the middle and at 6, 10 and 20 standard deviations, on both sides', () => {
    agrees(truncated(normal(0, 1), { low: -1, high: 2 }), bell, -1, 2, 1);
    agrees(truncated(normal(0, 1), { low: -4, high: 5 }), bell, -4, 5, 1);
    for (const sd of [6, 10, 20]) {
      const size = (sd * sd) / 2;
      agrees(truncated(normal(0, 1), { low: sd }), bell, sd, sd + far, size);
      agrees(truncated(normal(0, 1), { low: sd, high: sd + 0.5 }), bell, sd, sd + 0.5, size);
      agrees(truncated(normal(0, 1), { high: -sd }), bell, -sd - far, -sd, size);
      const edge = (sd * Math.PI) / Math.sqrt(3);
      agrees(truncated(logistic(0, 1), { low: edge }), sigmoidal, edge, edge + 40, edge);
      agrees(truncated(logistic(0, 1), { high: -edge }), sigmoidal, -edge - 40, -edge, edge);
      agrees(
        truncated(studentT(4, 0, 1), { low: sd, high: 2 * sd }),
        heavy,
        sd,
        2 * sd,
        Math.log(1e5),
      );
    }
  });

  it('between bounds that are close', () => {
    for (const [low, width] of [
      [0.25, 2 ** -10],
      [-0.5, 2 ** -6],
      [10, 2 ** -8],
      [-20, 2 ** -7],
    ] as const) {
      const high = low + width;
      agrees(truncated(normal(0, 1), { low, high }), bell, low, high, 1);
    }
  });

  it('where the logarithms have closed forms', () => {
    near(at(truncated(exponential(2), { low: 300 }), 301), Math.LN2 - 2, 3e-5);
    near(place(truncated(exponential(2), { low: 300 }), 0.5), 300 + Math.LN2 / 2, 1e-7);
    near(place(truncated(weibull(2, 3), { low: 20 }), 0.5), 2 * (1000 + Math.LN2) ** (1 / 3), 1e-6);
    near(place(truncated(pareto(2, 3), { low: 2000 }), 0.5), 2000 * 2 ** (1 / 3), 1e-6);
    near(place(truncated(gumbel(0, 1), { low: 60 }), 0.5), 60 + Math.LN2, 1e-6);
    near(
      place(truncated(gumbel(0, 1), { high: -3 }), 0.5),
      -Math.log(Math.exp(3) + Math.LN2),
      1e-6,
    );
    near(place(truncated(laplace(1, 2), { high: -199 }), 0.5), -199 - 2 * Math.LN2, 1e-6);
    near(at(truncated(uniform(0, 4), { low: 1, high: 9 }), 2), -Math.log(3));
    const log = truncated(transformed(normal(0, 1), bijectors.exp), { low: Math.exp(8) });
    near(place(log, 0.5), Math.exp(place(truncated(normal(0, 1), { low: 8 }), 0.5)), 1e-5);
    // Φ(−x) is its density times (1 − 1 / x²) / x, and more.
    near(place(truncated(normal(0, 1), { low: 200 }), 0.5), 200 + Math.LN2 / 200, 1e-7);
  });

  it('as truncatedNormal is, with slopes in its parameters and bounds', () => {
    const u = tf.tensor1d([0.1, 0.5, 0.9]);
    const by = (make: (loc: Tensor, scale: Tensor, low: Tensor, high: Tensor) => Distribution) => {
      const of = (x: Tensor): Tensor => {
        const [loc, scale, low, high] = tf.unstack(x);
        if (loc === undefined || scale === undefined || low === undefined || high === undefined)
          return x;
        const d = make(loc, scale, low, high);
        const drawn = d.sampler.draw([u]).value;
        return tf.add(tf.sum(drawn), tf.sum(d.logProb(tf.tensor1d([2.2, 2.5]))));
      };
      return [
        [0.5, 1.2, 2, 3],
        [-5, 0.75, 2, 3],
      ].flatMap((x) => [...grad(of)(tf.tensor1d(x)).dataSync()]);
    };
    const wanted = by(truncatedNormal);
    by((loc, scale, low, high) => truncated(normal(loc, scale), { low, high })).forEach(
      (slope, i) => near(slope, wanted[i] ?? Number.NaN, 2e-4),
    );
  });

  it('has logarithms of its own shares on both sides', () => {
    const d = truncated(logistic(0, 1), { low: 0 });
    near(first(d.logSurvival?.(tf.scalar(60))), -60 + Math.LN2);
    near(first(d.logCdf?.(tf.scalar(2 ** -20))), Math.log(2 ** -21), 1e-5);
    expect([...(d.cdf?.(tf.tensor1d([-1, 0, 1e9])).dataSync() ?? [])]).toEqual([0, 0, 1]);
    expect(first(d.logSurvival?.(tf.scalar(-1)))).toBe(0);
  });
});

describe('edges', () => {
  it('bounds that cut nothing off have no slope, and none that is NaN', () => {
    const slope = (make: (x: Tensor) => Distribution, z: number): number =>
      first(
        grad((x: Tensor) =>
          tf.add(make(x).logProb(tf.scalar(z)), make(x).sampler.draw([tf.scalar(0.3)]).value),
        )(tf.scalar(1)),
      );
    near(
      slope((x) => truncated(gumbel(x, 0.01), { low: -10, high: 30 }), 1),
      1,
      1e-4,
    );
    near(
      slope((x) => truncated(exponential(x), { low: -1, high: 1e4 }), 2),
      -1 + Math.log(0.7),
      1e-4,
    );
    near(
      slope((x) => truncated(normal(x, 1), { low: tf.scalar(-Infinity), high: 1e3 }), 1),
      1,
      1e-4,
    );
    expect(at(truncated(normal(0, 1), { low: 1 }), 0.5)).toBe(-Infinity);
  });

  it('what float32 has no room for is NaN, and never a number', () => {
    expect(at(truncated(beta(2, 30), { low: 0.9 }), 0.95)).toBeNaN();
    expect(place(truncated(beta(2, 30), { low: 0.9 }), 0.5)).toBeNaN();
    const tail = truncated(halfNormal(1), { low: 10 });
    near(at(tail, 10), at(truncated(normal(0, 1), { low: 10 }), 10), 1e-5);
    expect(place(tail, 0.5)).toBeNaN();
    const crossed = truncated(normal(0, 1), { low: tf.scalar(2), high: tf.scalar(1) });
    expect(at(crossed, 1.5)).toBe(-Infinity);
    expect(place(crossed, 0.5)).toBeNaN();
    // Draws from the left side, of which the smallest are as small as a uniform number is.
    expect(place(truncated(normal(0, 1), { high: 0 }), 1e-12)).toBeLessThan(-6);
  });

  it('is typed by its bounds, and says where it lies', () => {
    const d = truncated(normal(0, 1), { low: 1, high: 2 });
    expectTypeOf(d.support).toEqualTypeOf<Interval<1, 2>>();
    expect(d.support).toMatchObject({ low: 1, high: 2 });
    expectTypeOf(truncated(normal(0, 1), { low: 1 }).support).toEqualTypeOf<Interval<1, number>>();
    expect(truncated(exponential(1), { high: 2 }).support.low).toBe(0);
    expect(truncated(pareto(tf.scalar(2), 1), { high: 5 }).support.low).toBeNaN();
    expect(truncated(normal([0, 1], 1), { low: tf.zeros([3, 1]) }).batchShape).toEqual([3, 2]);
    expect(interval(1, 2).isWithin(real)).toBe(true);
  });
});

describe('what cannot be truncated is refused', () => {
  const refused = (make: () => unknown, says: RegExp): void => expect(make).toThrow(says);
  it('by what it is', () => {
    // @ts-expect-error: a vector.
    refused(() => truncated(dirichlet([1, 1]), { low: 0 }), /a law of one number/);
    // @ts-expect-error: a law of counts.
    refused(() => truncated(poisson(1), { low: 0 }), /a law on the line/);
    refused(() => truncated(mask(normal(0, 1), 1), { low: 0 }), /but got a masked one/);
    const { icdf: _, inverseLogCdf: __, inverseLogSurvival: ___, ...bare } = normal(0, 1);
    refused(() => truncated(bare, { low: 0 }), /expected a law with quantiles/);
  });

  it('by how', () => {
    refused(() => truncated(normal(0, 1), {}), /expected a bound, but got none/);
    refused(() => truncated(normal(0, 1), { low: 2, high: 1 }), /high - low to be positive/);
    refused(() => truncated(exponential(1), { high: -1 }), /high - low to be positive/);
    refused(() => truncated(normal(0, 1), { low: Infinity }), /low to be a number below Infinity/);
    refused(
      // @ts-expect-error: no such bound.
      () => truncated(normal(0, 1), { lwo: 1 }),
      /write 'low'/,
    );
    const found = invalidArgument(truncated(normal(0, tf.scalar(-1)), { low: 0 }));
    expect(found?.of.family.name).toBe('Normal');
    const crossed = truncated(normal(0, 1), { low: tf.scalar(1), high: tf.scalar(0) });
    expect(invalidArgument(crossed)?.argument.name).toBe('high - low');
  });
});
