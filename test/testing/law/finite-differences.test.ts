/** Differences choose their step, see kinks and jumps, and know what rounding hides. */
import { describe, expect, it } from 'vitest';
import { slopes } from '../../../src/testing/law/finite-differences.js';

const told = (f: (t: number) => number, wanted = 1e-6) =>
  slopes((t) => [f(t)], { precision: 'double', wanted: () => wanted })[0];

describe('a slope in double precision', () => {
  it.each([
    ['a line', (t: number) => 3 * t - 1, 3],
    ['an exponential', (t: number) => Math.exp(3 * t), 3],
    ['what changes fast', (t: number) => Math.sin(500 * t) / 500, 1],
    ['a large value', (t: number) => 1e3 + Math.tanh(t), 1],
    ['a kink close by', (t: number) => Math.abs(t - 1e-5), -1],
    ['an extremum', (t: number) => Math.cosh(t), 0],
    ['a jump close by', (t: number) => (t > 1e-6 ? 5 : 0) + t, 1],
  ])('is told of %s', (_, f, expected) => {
    expect(told(f)?.value).toBeCloseTo(expected, 5);
  });

  it.each([
    ['relu at 0', (t: number) => Math.max(t, 0)],
    ['a shift of it', (t: number) => Math.max(t, 0) + 7 * t - 2],
    ['abs', Math.abs],
    ['a jump', (t: number) => (t > 0 ? 1 : 0)],
    ['a root', (t: number) => Math.sqrt(Math.max(t, 0))],
    ['what is not finite on one side', (t: number) => Math.log(t)],
    ['noise', (t: number) => (t * 1e9) % 1],
  ])('is not told of %s', (_, f) => {
    expect(told(f)).toBeUndefined();
  });

  it('is off by less than it says', () => {
    for (const rate of [0.1, 1, 10, 100]) {
      const slope = told((t) => Math.exp(rate * t), 1e-4 * rate);
      expect(Math.abs((slope?.value ?? NaN) - rate)).toBeLessThan(slope?.error ?? NaN);
    }
  });
});

describe('a slope in float32', () => {
  const single = (f: (t: number) => number, wanted: number) =>
    slopes((t) => [Math.fround(f(t))], { precision: 'single', wanted: () => wanted })[0];

  it('is told as far as rounding lets it, which the values show', () => {
    const slope = single((t) => 10 + Math.sin(t), 1e-3);
    expect(Math.abs((slope?.value ?? NaN) - 1)).toBeLessThan(slope?.error ?? NaN);
    expect(single((t) => 1e5 + Math.sin(t), 1e-3)).toBeUndefined();
    // Rounded more than its last digit shows, as a sum that lost digits is.
    expect(single((t) => Math.round((10 + Math.sin(t)) * 777) / 777, 1e-3)).toBeUndefined();
  });
});
