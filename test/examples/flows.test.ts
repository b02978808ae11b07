/** The laws that the example of flows is held against: that their densities are those of their draws. */
import { key } from 'marginalia';
import { describe, expect, it } from 'vitest';
import { moons, ring } from '../../examples/flows/truth.js';

const [REACH, SIDE] = [3, 60];
const CELL = (2 * REACH) / SIDE;

describe.each([moons, ring])('$name', ({ draws, logDensity }) => {
  const places = Array.from({ length: SIDE }, (_, i) => CELL * (i + 0.5) - REACH);
  const logs = places.flatMap((x) => places.map((y) => logDensity(x, y)));
  const shares = logs.map((log) => Math.exp(log) * CELL ** 2);

  it('has a density that sums to 1', () => {
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 3);
  });

  it('has draws of that density, whose entropy is the sum over the plane', () => {
    const entropy = shares.reduce((sum, p, i) => sum - p * (logs[i] ?? 0), 0);
    const found = draws(key(3), 2000);
    const own = Array.from(
      { length: 2000 },
      (_, i) => -logDensity(found[2 * i] ?? 0, found[2 * i + 1] ?? 0),
    );
    const mean = own.reduce((a, b) => a + b, 0) / own.length;
    const variance = own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / own.length;
    // A right law fails once in 15,000 seeds.
    expect(Math.abs(mean - entropy)).toBeLessThan(4 * Math.sqrt(variance / own.length));
  });
});
