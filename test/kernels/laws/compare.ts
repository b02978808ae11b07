/** Numbers against numbers. */
import { expect } from 'vitest';
import type { Numbers } from './evaluate.js';

/** The largest difference beside the largest number; what is not finite must be the same. */
export const apart = (found: readonly number[], expected: readonly number[]): number => {
  if (found.length !== expected.length) return Number.NaN;
  const finite = expected.filter(Number.isFinite).map(Math.abs);
  const scale = finite.reduce((a, b) => Math.max(a, b), 1e-3);
  return found.reduce((most, x, i) => {
    const y = expected[i] ?? Number.NaN;
    return x === y || Object.is(x, y) ? most : Math.max(most, Math.abs(x - y) / scale);
  }, 0);
};

/** Expects each output to be what another run gave, up to rounding. */
export const expectClose = (
  found: Numbers,
  expected: Numbers,
  tolerance: number,
  what: string,
): void => {
  expect(Object.keys(found).toSorted(), what).toEqual(Object.keys(expected).toSorted());
  for (const [name, numbers] of Object.entries(expected)) {
    const made = found[name] ?? [];
    const message = `${what}: ${name} is [${made.slice(0, 12).join(', ')}], not [${numbers.slice(0, 12).join(', ')}]`;
    expect(apart(made, numbers), message).toBeLessThanOrEqual(tolerance);
  }
};
