/** Eigenvalues and eigenvectors of symmetric matrices, in double precision. */
import {
  type Matrix,
  type Vector,
  dot,
  multiply,
  plusDiagonal,
  trace,
  transpose,
} from './matrix.js';
import { orthonormal } from './orthonormal.js';

/** Eigenvalues, largest first, and the unit eigenvector of each as a row. */
export interface Eigenpairs {
  readonly values: Vector;
  readonly vectors: Matrix;
}

/** All pairs of a small symmetric matrix, by Jacobi's rotations. */
export const eigenpairs = (symmetric: Matrix): Eigenpairs => {
  const n = symmetric.length;
  const a = symmetric.map((row) => [...row]);
  const v = a.map((_, i) => a.map((__, j) => (i === j ? 1 : 0)));
  const entry = (i: number, j: number): number => a[i]?.[j] ?? Number.NaN;
  const mix = (x: number[], y: number[], c: number, s: number): void => {
    for (let k = 0; k < n; k += 1) {
      const [p, q] = [x[k] ?? 0, y[k] ?? 0];
      x[k] = c * p - s * q;
      y[k] = s * p + c * q;
    }
  };
  const rotate = (i: number, j: number): void => {
    if (entry(i, j) === 0) return;
    const theta = (entry(j, j) - entry(i, i)) / (2 * entry(i, j));
    const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
    const c = 1 / Math.hypot(t, 1);
    const s = t * c;
    for (const row of a) {
      const [p, q] = [row[i] ?? 0, row[j] ?? 0];
      row[i] = c * p - s * q;
      row[j] = s * p + c * q;
    }
    mix(a[i] ?? [], a[j] ?? [], c, s);
    mix(v[i] ?? [], v[j] ?? [], c, s);
  };
  for (let sweep = 0; sweep < 12; sweep += 1) {
    for (let i = 0; i < n; i += 1) for (let j = i + 1; j < n; j += 1) rotate(i, j);
  }
  const order = a.map((_, i) => i).toSorted((i, j) => entry(j, j) - entry(i, i));
  return {
    values: order.map((i) => entry(i, i)),
    vectors: order.map((i) => v[i] ?? []),
  };
};

/** A symmetric matrix applied to each row: without the transpose that another would need. */
const applied = (a: Matrix, rows: Matrix): Matrix => rows.map((v) => a.map((row) => dot(row, v)));

/** Directions kept beside those asked for: the closer the values, the slower they come apart. */
const GUARDS = 16;

/**
 * The pairs of the `count` largest eigenvalues of a positive semi-definite matrix, by iterating a subspace and
 * rotating it to the pairs within. It ends where no vector leaves its own line by more than `tolerance` of the
 * largest eigenvalue, or after 500 rounds.
 *
 * Source: Saad 2011, Numerical Methods for Large Eigenvalue Problems, chapter 5.
 */
export const leadingEigenpairs = (a: Matrix, count: number, tolerance = 1e-9): Eigenpairs => {
  const size = Math.min(a.length, count + GUARDS);
  if (size === a.length) {
    const { values, vectors } = eigenpairs(a);
    return { values: values.slice(0, count), vectors: vectors.slice(0, count) };
  }
  // A small part of the identity keeps what the matrix sends to 0 from vanishing.
  const shift = (1e-6 * trace(a)) / a.length;
  const shifted = plusDiagonal(a, shift);
  // Rows of the matrix itself lie in the directions that matter, whatever they are.
  const step = a.length / size;
  let basis = orthonormal(
    Array.from({ length: size }, (_, i) => {
      const at = Math.floor(i * step);
      return (a[at] ?? []).map((x, j) => x + (j === at ? trace(a) / a.length : 0));
    }),
  );
  for (let round = 0; ; round += 1) {
    const image = applied(a, basis);
    const { values, vectors } = eigenpairs(multiply(image, transpose(basis)));
    const turned = multiply(vectors, basis);
    const moved = multiply(vectors, image);
    const residual = Math.max(
      ...values.slice(0, count).map((value, i) => {
        const own = turned[i] ?? [];
        const away = (moved[i] ?? []).map((x, k) => x - value * (own[k] ?? 0));
        return Math.sqrt(dot(away, away));
      }),
    );
    if (residual <= tolerance * (values[0] ?? 0) || round === 500) {
      return { values: values.slice(0, count), vectors: turned.slice(0, count) };
    }
    // Once more by the matrix, which costs less than to rotate.
    const further = applied(
      shifted,
      moved.map((row, k) => row.map((x, at) => x + shift * (turned[k]?.[at] ?? 0))),
    );
    basis = orthonormal(further);
  }
};
