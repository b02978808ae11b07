/** Short decimals are those numbers of single precision, and no longer than they must be. */
import { expect, it } from 'vitest';
import { short } from './short.js';

it('are rounded to the same number', () => {
  for (let i = 0; i < 200; i += 1) {
    const x = Math.fround(Math.sin(i) * 10 ** ((i % 60) - 30));
    expect(Math.fround(short(x))).toBe(x);
  }
  expect(short(Math.fround(0.1))).toBe(0.1);
  expect(() => short(Number.NaN)).toThrow('finite');
});
