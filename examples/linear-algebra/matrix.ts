/** Small dense linear algebra in double precision, row by row. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';

export type Vector = readonly number[];
export type Matrix = readonly Vector[];

const at = (m: Matrix, i: number, j: number): number => m[i]?.[j] ?? Number.NaN;

// A loop, for products of matrices are made of it.
export const dot = (a: Vector, b: Vector): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? Number.NaN) * (b[i] ?? Number.NaN);
  return sum;
};

export const transpose = (a: Matrix): Matrix =>
  (a[0] ?? []).map((_, j) => a.map((row) => row[j] ?? Number.NaN));

export const multiply = (a: Matrix, b: Matrix): Matrix => {
  const columns = transpose(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
};

/** a + λ I. */
export const plusDiagonal = (a: Matrix, lambda: number): Matrix =>
  a.map((row, i) => row.map((x, j) => (i === j ? x + lambda : x)));

/** The lower Cholesky factor of a positive-definite matrix. */
export const cholesky = (a: Matrix): Matrix => {
  const rows: number[][] = [];
  for (let i = 0; i < a.length; i += 1) {
    const row: number[] = [];
    for (let j = 0; j <= i; j += 1) {
      const other = j === i ? row : (rows[j] ?? []);
      const rest = at(a, i, j) - row.reduce((sum, x, k) => sum + x * (other[k] ?? 0), 0);
      row.push(j === i ? Math.sqrt(rest) : rest / (other[j] ?? Number.NaN));
    }
    rows.push(row);
  }
  return rows.map((row) => a.map((_, j) => row[j] ?? 0));
};

/** L⁻¹ v for a lower triangular L. */
export const solveLower = (l: Matrix, v: Vector): Vector => {
  const x: number[] = [];
  for (const [i, row] of l.entries()) {
    const rest = (v[i] ?? Number.NaN) - x.reduce((sum, y, k) => sum + y * (row[k] ?? 0), 0);
    x.push(rest / (row[i] ?? Number.NaN));
  }
  return x;
};

/** L⁻ᵀ v for a lower triangular L. */
const solveUpper = (l: Matrix, v: Vector): Vector => {
  const n = l.length;
  const x = Array.from({ length: n }, () => 0);
  for (let i = n - 1; i >= 0; i -= 1) {
    let rest = v[i] ?? Number.NaN;
    for (let k = i + 1; k < n; k += 1) rest -= at(l, k, i) * (x[k] ?? 0);
    x[i] = rest / at(l, i, i);
  }
  return x;
};

/** The inverse of L Lᵀ. */
export const inverseOf = (l: Matrix): Matrix =>
  l.map((_, i) =>
    solveUpper(
      l,
      solveLower(
        l,
        l.map((__, j) => (i === j ? 1 : 0)),
      ),
    ),
  );

/** The numbers of a tensor's last axis as rows. */
export const matrixOf = (x: Tensor): Matrix => {
  const width = x.shape.at(-1) ?? 1;
  const values = [...x.dataSync()];
  return Array.from({ length: values.length / width }, (_, i) =>
    values.slice(i * width, (i + 1) * width),
  );
};

/** The rows as a tensor. */
export const tensorOf = (rows: Matrix): Tensor => tf.tensor2d(rows.map((row) => [...row]));

/** The sum of the diagonal. */
export const trace = (a: Matrix): number => a.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);

/** The diagonal. */
export const diagonal = (a: Matrix): Vector => a.map((row, i) => row[i] ?? Number.NaN);
