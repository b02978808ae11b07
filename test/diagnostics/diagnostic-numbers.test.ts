/** Diagnostics that are functions of numbers: k̂, tests of uniformity, convergence. No tensors. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ConvergenceVerdict, convergence } from '../../src/diagnostics/convergence.js';
import { fitGeneralizedPareto, paretoQuantile } from '../../src/evidence/generalized-pareto.js';
import { symmetryTest, uniformityTest } from '../../src/diagnostics/rank-tests.js';
import { largestKept } from '../../src/evidence/largest-kept.js';
import {
  paretoK,
  paretoKOfLargest,
  paretoThreshold,
  paretoVerdict,
  psis,
  tailLength,
} from '../../src/evidence/psis.js';
import { studentQuantile } from '../../src/evidence/student.js';
import { foldIn, key, randomNormal, randomUniform } from '../../src/random/index.js';

describe('Pareto k̂', () => {
  const weightsAt = (scale: number, count: number, seed: string): Float64Array =>
    Float64Array.from(
      randomNormal(foldIn(key(0), seed), count),
      (e) => -0.5 * (scale * e) ** 2 + 0.5 * e ** 2,
    );

  /** P(|Z| > z) for z of 1 or more, by the continued fraction of Laplace. */
  const exceeds = (z: number): number => {
    let fraction = z;
    for (let k = 60; k > 0; k -= 1) fraction = z + k / fraction;
    return (Math.sqrt(2 / Math.PI) * Math.exp(-0.5 * z * z)) / fraction;
  };
  const exceededWith = (p: number): number => {
    let [low, high] = [1, 12];
    for (let k = 0; k < 60; k += 1) {
      const middle = (low + high) / 2;
      if (exceeds(middle) > p) low = middle;
      else high = middle;
    }
    return low;
  };

  it.each([0.5, 0.9, 0.95])('tends to 1 − s² for a N(0, %f) guide of N(0, 1)', (scale) => {
    // The 1000 largest of S weights where they are expected, without chance. Their tail is
    // x^(−1/k) / √log x, whose index is k / (1 + 1/z²) at the draw z: the limit is slow.
    const limit = 1 - scale ** 2;
    for (const samples of [1e6, 1e9, 1e12]) {
      const zs = Array.from({ length: 1001 }, (_, i) => exceededWith((i + 0.5) / samples));
      const tail = Float64Array.from(zs, (z) => 0.5 * (limit * z * z));
      const z = exceededWith(300 / samples);
      const found = paretoKOfLargest(tail);
      expect(Math.abs(found - limit / (1 + 1 / z ** 2))).toBeLessThan(0.015);
      if (samples === 1e12) expect(Math.abs(found - limit)).toBeLessThan(0.03);
    }
    // Draws: the estimate's standard deviation is (1 + k) / √tail, and four of them are allowed.
    const sampled = paretoK(weightsAt(scale, 100_000, 'many'));
    expect(Math.abs(sampled - limit)).toBeLessThan(0.06 + (4 * (1 + limit)) / Math.sqrt(949));
  });

  it('is the shape of an exact generalised Pareto tail', () => {
    for (const shape of [-0.4, 0, 0.3, 0.7, 1.2]) {
      const law = { shape, scale: 2 };
      const excesses = Array.from({ length: 2000 }, (_, i) =>
        paretoQuantile(law, (i + 0.5) / 2000),
      );
      const fitted = fitGeneralizedPareto(excesses);
      expect(Math.abs(fitted.shape - shape)).toBeLessThan(0.02);
      expect(Math.abs(fitted.scale - 2)).toBeLessThan(0.05);
    }
  });

  it('of the largest weights is that of all', () => {
    const weights = weightsAt(0.6, 3000, 'kept');
    const kept = largestKept(1, tailLength(3000) + 1);
    for (const w of weights) kept.add(0, w);
    expect(paretoKOfLargest(kept.of(0))).toBe(paretoK(weights));
  });

  it('smooths the tail alone, keeps its order and does not depend on a constant factor', () => {
    const raw = weightsAt(0.5, 1000, 'order');
    const { logWeights, paretoK: k } = psis(raw);
    const moved = psis(raw.map((w) => w + 500));
    expect(moved.paretoK).toBeCloseTo(k, 9);
    moved.logWeights.forEach((w, i) => expect(w).toBeCloseTo(logWeights[i] ?? NaN, 9));
    const order = [...raw.keys()].toSorted((i, j) => (raw[j] ?? 0) - (raw[i] ?? 0));
    const ranked = order.map((i) => logWeights[i] ?? NaN);
    expect(ranked).toEqual(ranked.toSorted((a, b) => b - a));
    const length = tailLength(1000);
    const body = order.slice(length).map((i) => (logWeights[i] ?? 0) - (raw[i] ?? 0));
    body.forEach((d) => expect(d).toBeCloseTo(body[0] ?? NaN, 9));
    const tail = order.slice(0, length).map((i) => (logWeights[i] ?? 0) - (raw[i] ?? 0));
    expect(Math.max(...tail.map((d) => Math.abs(d - (body[0] ?? 0))))).toBeGreaterThan(0.01);
    expect(Math.max(...ranked)).toBeLessThan(Math.max(...raw) + (body[0] ?? 0) + 1e-9);
    expect(logWeights.reduce((s, w) => s + Math.exp(w), 0)).toBeCloseTo(1, 9);
  });

  it('estimates a mean of heavy tails better than raw weights do', () => {
    // Log evidence 0; k = 0.75, where raw weights have no variance.
    const errors = Array.from({ length: 40 }, (_, run) => {
      const raw = weightsAt(0.5, 500, `run ${run}`).map((w) => w + Math.log(0.5));
      const mean = Math.log(raw.reduce((s, w) => s + Math.exp(w), 0) / raw.length);
      return [psis(raw).logMean ** 2, mean ** 2] as const;
    });
    const total = (i: 0 | 1): number => errors.reduce((s, e) => s + e[i], 0);
    expect(total(0)).toBeLessThan(total(1));
  });

  it('at its edges', () => {
    expect(paretoK([1, 1, 1, 1, 1 + 1e-7])).toBe(-Infinity);
    expect(paretoK([-3])).toBe(Infinity);
    expect(paretoK([1, 2, 3])).toBe(Infinity);
    expect(paretoK([-Infinity, -Infinity])).toBe(Infinity);
    expect(paretoK([0, NaN, 1])).toBeNaN();
    const sparse = psis([...Array.from({ length: 95 }, () => -Infinity), 1, 2, 3, 4, 5, 6]);
    expect(sparse.logWeights.slice(0, 95)).toEqual(new Float64Array(95).fill(-Infinity));
    expect(paretoThreshold(1e6)).toBe(0.7);
    expect([0.5, 0.69, 0.71, 1.1, NaN].map((k) => paretoVerdict(k, 10_000))).toEqual([
      'good',
      'usable',
      'unreliable',
      'useless',
      'useless',
    ]);
    expect(paretoVerdict(0.45, 50)).toBe('unreliable');
  });
});

describe('tests of uniformity and symmetry', () => {
  const sets = 2000;
  const rate = (alarming: (u: readonly number[]) => boolean): number =>
    Array.from({ length: sets }, (_, i) => [...randomUniform(foldIn(key(1), i), 30)]).filter(
      alarming,
    ).length / sets;

  it('raise as many false alarms as they say', () => {
    // 5 % of 2000 within five binomial standard deviations: false alarm 6e-7. Symmetry is discrete,
    // so that its rate may only be below.
    const five = 5 * Math.sqrt((0.05 * 0.95) / sets);
    expect(Math.abs(rate((u) => uniformityTest(u).pValue < 0.05) - 0.05)).toBeLessThan(
      five + 0.005,
    );
    const symmetric = rate((u) => symmetryTest(u).pValue < 0.05);
    expect(symmetric).toBeLessThan(0.05 + five);
    expect(symmetric).toBeGreaterThan(0.015);
    // Distances from the middle say nothing of symmetry.
    const narrow = rate((u) => symmetryTest(u.map((x) => 0.5 + 0.1 * (x - 0.5))).pValue < 0.05);
    expect(narrow).toBe(symmetric);
  });

  it('have the exact law of a walk and Student quantiles of tables', () => {
    // Of the 8 walks of three steps, two reach 3 or −3, and four 2 or −2.
    expect(symmetryTest([0.6, 0.7, 0.8]).pValue).toBe(0.25);
    expect(symmetryTest([0.4, 0.7, 0.8]).pValue).toBe(0.5);
    expect(uniformityTest(Array.from({ length: 100 }, () => 0.5)).pValue).toBeLessThan(1e-20);
    for (const [p, dof, t] of [
      [0.975, 1, 12.7062],
      [0.995, 2, 9.924843],
      [0.95, 7, 1.894579],
      [0.99, 30, 2.457262],
    ] as const) {
      expect(studentQuantile(p, dof)).toBeCloseTo(t, 3);
    }
  });
});

describe('a verdict on convergence', () => {
  /** Autoregressive noise of unit variance. */
  const noiseOf = (seed: string, count: number, rho: number): readonly number[] => {
    let x = 0;
    return [...randomNormal(foldIn(key(2), seed), count + 200)]
      .map((e) => (x = rho * x + Math.sqrt(1 - rho * rho) * e))
      .slice(200);
  };
  const tally = (
    runs: number,
    series: (seed: string) => readonly number[],
    tolerance?: number,
  ): Readonly<Partial<Record<ConvergenceVerdict, number>>> => {
    const found: Partial<Record<ConvergenceVerdict, number>> = {};
    for (let run = 0; run < runs; run += 1) {
      const { verdict } = convergence(
        series(`run ${run}`),
        tolerance === undefined ? {} : { tolerance },
      );
      found[verdict] = (found[verdict] ?? 0) + 1 / runs;
    }
    return found;
  };

  it.each([0, 0.5, 0.9])('calls no drift in stationary noise, autocorrelation %f', (rho) => {
    // At most 3 % are called where 1 % is asked for: 300 runs have more than 19 with probability 1e-3
    // at that rate, and the seeds are fixed.
    const found = tally(300, (seed) => noiseOf(seed, 800, rho));
    expect((found.improving ?? 0) + (found.diverging ?? 0)).toBeLessThan(0.065);
    if (rho === 0) expect(found.converged).toBeGreaterThan(0.95);
    if (rho === 0.9) expect(found.converged ?? 0).toBe(0);
  });

  it('sees a descent and an ascent of twice the noise, and no more than noise lets it', () => {
    // The window is half of the series: its drift is half of the whole.
    const drifting = (total: number) => (seed: string) =>
      noiseOf(seed, 800, 0.3).map((e, i) => e + (total * i) / 800);
    expect(tally(60, drifting(-4)).improving).toBeGreaterThan(0.95);
    expect(tally(60, drifting(4)).diverging).toBeGreaterThan(0.95);
    expect(tally(60, drifting(0), 0.05).tooNoisy).toBeGreaterThan(0.9);
  });

  it('takes a smooth descent for one, however little noise there is', () => {
    for (const noise of [0, 0.01, 1]) {
      const losses = noiseOf('smooth', 400, 0).map((e, i) => 20 * Math.exp(-i / 200) + noise * e);
      expect(convergence(losses).verdict).toBe('improving');
      expect(convergence(losses, { tolerance: 50 }).verdict).toBe(
        noise === 1 ? 'converged' : 'tooShort',
      );
    }
    expect(convergence(Array.from({ length: 100 }, () => 3)).verdict).toBe('converged');
  });

  it('gives the numbers that it rests on', () => {
    const found = convergence(noiseOf('numbers', 2000, 0.6));
    expect(found.window).toBe(1000);
    expect(found.noise).toBeCloseTo(1, 0);
    // τ = (1 + ρ) / (1 − ρ) = 4.
    expect(found.effectiveSamples / 250).toBeGreaterThan(0.6);
    expect(found.effectiveSamples / 250).toBeLessThan(1.6);
    expect(found.standardError).toBeCloseTo(1 / Math.sqrt(found.effectiveSamples), 1);
    expect(found.rHat).toBeLessThan(1.05);
    const line = convergence(
      Array.from({ length: 200 }, (_, i) => 5 - i / 10),
      { window: 100 },
    );
    expect(line.drift).toBeCloseTo(-10, 6);
    expect(line.rHat).toBeGreaterThan(1.5);
  });

  it('says what is missing', () => {
    expect(convergence([]).verdict).toBe('tooShort');
    expect(convergence([1, 2, 3]).reason).toMatch(/2 losses.*needs 20/);
    expect(convergence([1, NaN, 3])).toMatchObject({
      verdict: 'diverging',
      reason: expect.stringMatching(/Loss 2 of 3 is NaN/),
    });
    expect(() => convergence([1, 2], { window: 3 })).toThrow(/window of 1 to 2/);
    expect(() => convergence([1, 2], { tolerance: -1 })).toThrow(/tolerance/);
    expect(() => convergence([1, 2], { falseAlarm: 0 })).toThrow(/alarm/);
  });
});

describe('numbers of a tail that are kept', () => {
  it('are the largest, in descending order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(1), fc.double({ noNaN: true })), { maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        (stream, keep) => {
          const kept = largestKept(2, keep);
          for (const [column, value] of stream) kept.add(column, value);
          for (const column of [0, 1]) {
            const all = stream.filter(([c]) => c === column).map(([, value]) => value);
            const expected = all.toSorted((a, b) => b - a).slice(0, keep);
            expect([...kept.of(column)].map((v) => v + 0)).toEqual(expected.map((v) => v + 0));
          }
        },
      ),
      { numRuns: 200, seed: 5 },
    );
  });
});
