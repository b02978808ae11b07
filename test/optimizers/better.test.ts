/** When a loss is better. */
import { describe, expect, it } from 'vitest';
import { isBetter } from '../../src/optimizers/better.js';

describe('a loss', () => {
  it('is better only where float32 tells it from the best', () => {
    const third = 0.36666666666666664;
    expect(isBetter(third, Math.fround(third))).toBe(false);
    expect([0.7, Math.fround(0.7)].map((loss) => isBetter(loss, 0.7))).toEqual([false, false]);
    expect(isBetter(0.1, 0.2, 0.05)).toBe(true);
    expect(isBetter(0.1, 0.2, 0.15)).toBe(false);
    expect([Number.NaN, Infinity, -Infinity].map((x) => isBetter(x, 1))).toEqual([
      false,
      false,
      false,
    ]);
  });
});
