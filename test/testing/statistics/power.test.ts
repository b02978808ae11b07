/** The power of the sequential test of means is what it is said to be. */
import { foldIn, key } from 'marginalia';
import { randomNormal } from 'marginalia/random';
import { smallestShift, testMeans } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

const RUNS = 2000;

/** The share of runs in which a mean that is off by `shift` is found. */
const foundAt = (shift: number, falseAlarm: number, batches: number): number => {
  const claims = [{ sign: 'atMost', tolerance: 0 }] as const;
  const runs = Array.from({ length: RUNS }, (_, i) => {
    const noise = randomNormal(foldIn(key(3), i), batches);
    const observe = (b: number): readonly number[] => [(noise[b] ?? Number.NaN) + shift];
    return testMeans(claims, observe, { falseAlarm, batches }) !== undefined;
  });
  return runs.filter(Boolean).length / RUNS;
};

describe('the smallest shift', () => {
  // Of 2,000 runs the share of a chance of 0.9 is below 0.873 once in 30,000 times.
  it.each([
    [1e-6, 24],
    [1e-3, 24],
    [1e-9, 24],
    [0.01, 100],
  ])('is found nine times in ten at a false alarm of %s with %s batches', (falseAlarm, batches) => {
    const found = foundAt(smallestShift({ falseAlarm, batches }), falseAlarm, batches);
    expect(found).toBeGreaterThan(0.873);
    expect(found).toBeLessThan(0.95);
  });

  it('grows with the power that is asked for', () => {
    const shifts = [0.1, 0.5, 0.99].map((power) =>
      smallestShift({ falseAlarm: 1e-6, batches: 24, power }),
    );
    expect(shifts).toEqual(shifts.toSorted((a, b) => a - b));
    for (const [i, power] of [0.1, 0.5, 0.99].entries()) {
      expect(Math.abs(foundAt(shifts[i] ?? 0, 1e-6, 24) - power)).toBeLessThan(0.045);
    }
  });

  it('is infinite where nothing can be found', () => {
    expect(smallestShift({ falseAlarm: 1e-6, batches: 8 })).toBe(Infinity);
    expect(foundAt(1e6, 1e-6, 8)).toBe(0);
  });
});
