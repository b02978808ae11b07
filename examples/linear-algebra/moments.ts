/** The mean and the covariance of data, in double precision. */
import type { Matrix, Vector } from './matrix.js';

export interface Moments {
  readonly mean: Vector;
  /** Divided by the number of data. */
  readonly covariance: Matrix;
}

const sumOf = (xs: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < xs.length; i += 1) sum += xs[i] ?? Number.NaN;
  return sum;
};

const product = (a: Float64Array, b: Float64Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? Number.NaN) * (b[i] ?? Number.NaN);
  return sum;
};

/** The moments of rows; images have hundreds of thousands of pairs of pixels, so a pair is a loop over plain memory. */
export const momentsOf = (rows: Matrix): Moments => {
  const columns = (rows[0] ?? []).map((_, j) =>
    Float64Array.from(rows, (row) => row[j] ?? Number.NaN),
  );
  const mean = columns.map((column) => sumOf(column) / column.length);
  columns.forEach((column, j) => {
    const middle = mean[j] ?? 0;
    for (let i = 0; i < column.length; i += 1) column[i] = (column[i] ?? Number.NaN) - middle;
  });
  const lower = columns.map((a, i) =>
    columns.slice(0, i + 1).map((b) => product(a, b) / rows.length),
  );
  return {
    mean,
    covariance: lower.map((row, i) =>
      lower.map((other, j) => (j <= i ? row[j] : other[i]) ?? Number.NaN),
    ),
  };
};
