/** What is asked of a long run, of numbers that are known. */
import { expect, it } from 'vitest';
import { complaints, growth } from '../../bench/endurance/verdict.js';

const MIB = 2 ** 20;
const flat = [100, 104, 101, 103, 102, 104].map((x) => x * MIB);
const fine = { collection: 0.004, trained: flat, sessions: flat, threads: 0, tensors: 0 };

it('finds memory that grows, and none that only wanders', () => {
  expect(growth(flat)).toBeLessThanOrEqual(0);
  expect(growth([100, 110, 120, 130])).toBe(10);
  expect(growth([100, 100, 100, 100, 300, 100])).toBe(0);
});

it('complains of nothing where all is as asked', () => {
  expect(complaints(fine)).toEqual([]);
});

it('complains of each thing that is not', () => {
  const rising = flat.map((x, i) => x + 20 * i * MIB);
  const bad = { collection: 0.02, trained: rising, sessions: rising, threads: 2, tensors: 3 };
  const found = complaints(bad);
  expect(found).toHaveLength(5);
  expect(found.join()).toContain('2.00 % of the time');
  for (const [name, value] of Object.entries(bad)) {
    expect(complaints({ ...fine, [name]: value })).toHaveLength(1);
  }
});
