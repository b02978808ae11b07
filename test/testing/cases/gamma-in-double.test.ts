/** log Γ and ψ in double precision against known values and their recurrences. */
import { describe, expect, it } from 'vitest';
import { digamma, logGamma } from '../../../src/testing/cases/conjugate/gamma-in-double.js';

const EULER = 0.5772156649015329;

describe('the gamma function in double precision', () => {
  it('has the values that are known', () => {
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 12);
    expect(logGamma(7)).toBeCloseTo(Math.log(720), 12);
    expect(digamma(1)).toBeCloseTo(-EULER, 12);
    expect(digamma(0.5)).toBeCloseTo(-EULER - 2 * Math.LN2, 12);
  });

  it('keeps its recurrences', () => {
    for (const x of [0.125, 0.75, 3, 41.5, 900]) {
      expect(logGamma(x + 1) - logGamma(x)).toBeCloseTo(Math.log(x), 9);
      expect(digamma(x + 1) - digamma(x)).toBeCloseTo(1 / x, 11);
    }
  });
});
