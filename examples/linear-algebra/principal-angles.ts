import { eigenpairs } from './eigenpairs.js';
import { type Matrix, type Vector, multiply, transpose } from './matrix.js';
import { orthonormal } from './orthonormal.js';

/**
 * The angles between the spans of two sets of rows, smallest first, in degrees: arcsin of how much of each
 * direction of the one lies outside the other, which keeps its digits where they nearly agree.
 *
 * Source: Björck and Golub 1973, doi:10.1090/S0025-5718-1973-0348991-3.
 */
export const principalAngles = (a: Matrix, b: Matrix): Vector => {
  const [p, q] = [orthonormal(a), orthonormal(b)];
  const inside = multiply(multiply(p, transpose(q)), q);
  const outside = p.map((row, i) => row.map((x, k) => x - (inside[i]?.[k] ?? 0)));
  return eigenpairs(multiply(outside, transpose(outside)))
    .values.map((s) => (Math.asin(Math.min(1, Math.sqrt(Math.max(0, s)))) * 180) / Math.PI)
    .toReversed();
};
