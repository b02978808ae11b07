/** Orthonormal columns of a matrix of numbers, or rows where there are fewer of them. */

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);

/**
 * Gram-Schmidt, each vector freed twice of those before it: once is not enough where vectors are nearly
 * dependent (Giraud et al. 2005, doi:10.1007/s00211-005-0615-4). The triangular factor has a positive
 * diagonal, so that normal numbers become a uniform orthogonal matrix. Row-major, in and out.
 */
export const orthonormal = (
  values: ArrayLike<number>,
  rows: number,
  columns: number,
): Float32Array => {
  const tall = rows >= columns;
  const [count, length] = tall ? [columns, rows] : [rows, columns];
  const at = (vector: number, i: number): number =>
    tall ? i * columns + vector : vector * columns + i;
  const basis: Float64Array[] = [];
  const out = new Float32Array(rows * columns);
  for (let v = 0; v < count; v += 1) {
    const x = Float64Array.from({ length }, (_, i) => values[at(v, i)] ?? 0);
    for (let pass = 0; pass < 2; pass += 1) {
      for (const q of basis) {
        const along = dot(q, x);
        for (let i = 0; i < length; i += 1) x[i] = (x[i] ?? 0) - along * (q[i] ?? 0);
      }
    }
    const norm = Math.sqrt(dot(x, x));
    for (let i = 0; i < length; i += 1) {
      x[i] = (x[i] ?? 0) / norm;
      out[at(v, i)] = x[i] ?? 0;
    }
    basis.push(x);
  }
  return out;
};
