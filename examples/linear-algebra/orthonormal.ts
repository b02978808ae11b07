import { type Matrix, dot } from './matrix.js';

/** Orthonormal rows with the span of these, by Gram and Schmidt; twice, for once leaves what rounding made. */
export const orthonormal = (rows: Matrix): Matrix => {
  const basis: (readonly number[])[] = [];
  for (const row of rows) {
    let rest = row;
    for (let pass = 0; pass < 2; pass += 1) {
      for (const one of basis) {
        const along = dot(one, rest);
        rest = rest.map((x, k) => x - along * (one[k] ?? 0));
      }
    }
    const length = Math.sqrt(dot(rest, rest));
    basis.push(rest.map((x) => x / length));
  }
  return basis;
};
