/** Eigenpairs and angles whose values are known. */
import { describe, expect, it } from 'vitest';
import {
  type Matrix,
  eigenpairs,
  leadingEigenpairs,
  multiply,
  principalAngles,
  transpose,
} from '../../../examples/linear-algebra/index.js';
import { foldIn, key } from 'marginalia';
import { randomNormal } from 'marginalia/random';

const random = (rows: number, width: number): Matrix =>
  Array.from({ length: rows }, (_, i) => [...randomNormal(foldIn(key(rows), i), width)]);

const expectPairs = (a: Matrix, { values, vectors }: ReturnType<typeof eigenpairs>) => {
  for (const [i, value] of values.entries()) {
    const image = multiply([vectors[i] ?? []], a)[0] ?? [];
    for (const [k, x] of image.entries()) expect(x).toBeCloseTo(value * (vectors[i]?.[k] ?? 0), 6);
  }
  for (const [i, row] of multiply(vectors, transpose(vectors)).entries()) {
    for (const [j, x] of row.entries()) expect(x).toBeCloseTo(i === j ? 1 : 0, 9);
  }
};

describe('eigenpairs', () => {
  it('are those of a matrix whose eigenvalues are known, largest first', () => {
    // The second difference of n points: 2 − 2 cos(kπ / (n + 1)).
    const n = 6;
    const a = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (__, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0)),
    );
    const found = eigenpairs(a);
    found.values.forEach((value, k) =>
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((n - k) * Math.PI) / (n + 1)), 10),
    );
    expectPairs(a, found);
  });

  it('of the largest values alone are the same, also where the matrix sends much to 0', () => {
    const tall = random(25, 60).map((row, i) => row.map((x, k) => (k < 10 ? 0 : x / (1 + i / 4))));
    const a = multiply(transpose(tall), tall);
    const [all, few] = [eigenpairs(a), leadingEigenpairs(a, 5)];
    few.values.forEach((value, i) => expect(value).toBeCloseTo(all.values[i] ?? 0, 8));
    expectPairs(a, few);
    expect(principalAngles(few.vectors, all.vectors.slice(0, 5)).at(-1)).toBeLessThan(1e-5);
  });
});

describe('principal angles', () => {
  it('are those of turned planes, whatever spans them, and keep their digits where they are small', () => {
    for (const degrees of [0, 1e-6, 0.5, 45, 90]) {
      const t = (degrees * Math.PI) / 180;
      const plane = [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
      ];
      const turned = [
        [3, Math.cos(t), Math.sin(t), 0],
        [1, 0, 0, 0],
      ];
      const [least, most] = principalAngles(plane, turned);
      expect(least).toBeCloseTo(0, 6);
      expect(most).toBeCloseTo(degrees, 8);
    }
  });
});
