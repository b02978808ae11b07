/**
 * Dense linear algebra and Gaussians in double precision: what the engine's float32 is held
 * against. Plain arrays, row by row.
 */

export type Vector = readonly number[];

/** Rows of equal length. */
export type Matrix = readonly Vector[];

/** A multivariate normal law. */
export interface Gaussian {
  readonly mean: Vector;
  readonly covariance: Matrix;
}

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);

/** An entry; indices outside are a mistake of the caller and give NaN. */
const at = (m: Matrix, i: number, j: number): number => m[i]?.[j] ?? Number.NaN;

/** Σ aᵢ bᵢ over the entries of `a`. */
export const dot = (a: Vector, b: Vector): number => {
  let sum = 0;
  // A loop, because all time is spent here.
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? Number.NaN) * (b[i] ?? Number.NaN);
  return sum;
};

/** A Aᵀ for a lower-triangular A, whose rows may leave out the zeros at their end. */
export const squareOfLower = (a: Matrix): Matrix => {
  const lower = a.map((row, i) => a.slice(0, i + 1).map((other) => dot(other, row)));
  return lower.map((row, i) => a.map((_, j) => (j <= i ? row[j] : lower[j]?.[i]) ?? Number.NaN));
};

export const identityMatrix = (n: number): Matrix =>
  range(n).map((i) => range(n).map((j) => (i === j ? 1 : 0)));

export const transpose = (a: Matrix): Matrix =>
  range(a[0]?.length ?? 0).map((j) => a.map((row) => row[j] ?? Number.NaN));

export const multiply = (a: Matrix, b: Matrix): Matrix => {
  const columns = transpose(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
};

/** A v. */
export const apply = (a: Matrix, v: Vector): Vector => a.map((row) => dot(row, v));

const addVectors = (a: Vector, b: Vector): Vector => a.map((x, i) => x + (b[i] ?? Number.NaN));

const subtractVectors = (a: Vector, b: Vector): Vector => a.map((x, i) => x - (b[i] ?? Number.NaN));

/** The rows and columns of a matrix that the index lists name. */
export const block = (a: Matrix, rows: readonly number[], columns: readonly number[]): Matrix =>
  rows.map((i) => columns.map((j) => at(a, i, j)));

export const pick = (v: Vector, indices: readonly number[]): Vector =>
  indices.map((i) => v[i] ?? Number.NaN);

/** The lower Cholesky factor of a symmetric positive-definite matrix; throws for any other. */
export const choleskyFactor = (a: Matrix): Matrix => {
  const rows: number[][] = [];
  for (let i = 0; i < a.length; i++) {
    const row: number[] = [];
    for (let j = 0; j < i; j++) {
      const other = rows[j] ?? [];
      row.push((at(a, i, j) - dot(row, other)) / (other[j] ?? Number.NaN));
    }
    const square = at(a, i, i) - dot(row, row);
    if (!(square > 0)) {
      throw new RangeError(
        `choleskyFactor: expected a positive-definite matrix, but pivot ${i} is ${square}; ` +
          'check that no two variables are copies of each other.',
      );
    }
    row.push(Math.sqrt(square));
    rows.push(row);
  }
  return rows.map((row) => a.map((_, j) => row[j] ?? 0));
};

/** L⁻¹ v for a lower-triangular L. */
const forwardSolve = (l: Matrix, v: Vector): Vector => {
  const x: number[] = [];
  for (const [i, row] of l.entries()) {
    x.push(((v[i] ?? Number.NaN) - dot(x, row)) / (row[i] ?? Number.NaN));
  }
  return x;
};

/** A⁻¹ for a symmetric positive-definite A = L Lᵀ: the product of L⁻ᵀ and L⁻¹. */
export const inverse = (a: Matrix): Matrix => {
  const l = choleskyFactor(a);
  const columns = identityMatrix(a.length).map((e) => forwardSolve(l, e));
  return columns.map((x) => columns.map((y) => dot(x, y)));
};

/** log det of a symmetric positive-definite matrix. */
const logDeterminant = (a: Matrix): number =>
  choleskyFactor(a).reduce((sum, row, i) => sum + 2 * Math.log(row[i] ?? Number.NaN), 0);

/** log N(x; mean, covariance) in nats; 0 for no dimensions. */
export const logDensity = ({ mean, covariance }: Gaussian, x: Vector): number => {
  const whitened = forwardSolve(choleskyFactor(covariance), subtractVectors(x, mean));
  return (
    -0.5 * dot(whitened, whitened) -
    0.5 * logDeterminant(covariance) -
    mean.length * HALF_LOG_TWO_PI
  );
};

/** The differential entropy, ½ log det(2πe Σ), in nats. */
export const entropy = ({ mean, covariance }: Gaussian): number =>
  0.5 * logDeterminant(covariance) + mean.length * (0.5 + HALF_LOG_TWO_PI);

/** The law of the named coordinates. */
export const marginal = ({ mean, covariance }: Gaussian, indices: readonly number[]): Gaussian => ({
  mean: pick(mean, indices),
  covariance: block(covariance, indices, indices),
});

/** x | y = weights y + offset + noise, noise ~ N(0, covariance). */
export interface LinearGaussianLaw {
  readonly weights: Matrix;
  readonly offset: Vector;
  readonly covariance: Matrix;
}

/**
 * The law of the coordinates `of` given those in `on`, which must not overlap
 * (Bishop, Pattern Recognition and Machine Learning, equations 2.81 and 2.82).
 */
export const regress = (
  g: Gaussian,
  of: readonly number[],
  on: readonly number[],
): LinearGaussianLaw => {
  const cross = block(g.covariance, of, on);
  const weights =
    on.length === 0 ? of.map(() => []) : multiply(cross, inverse(block(g.covariance, on, on)));
  const explained = multiply(weights, transpose(cross));
  return {
    weights,
    offset: subtractVectors(pick(g.mean, of), apply(weights, pick(g.mean, on))),
    covariance: block(g.covariance, of, of).map((row, i) =>
      row.map((c, j) => c - (on.length === 0 ? 0 : at(explained, i, j))),
    ),
  };
};

/** The law of the coordinates `of` given the values of those in `on`. */
export const given = (
  g: Gaussian,
  of: readonly number[],
  on: readonly number[],
  values: Vector,
): Gaussian => {
  const { weights, offset, covariance } = regress(g, of, on);
  return { mean: addVectors(apply(weights, values), offset), covariance };
};

/**
 * E log N(x; p) for x ~ q, in nats: the log density at q's mean, less half the trace of p's
 * precision times q's covariance.
 */
export const expectedLogDensity = (q: Gaussian, p: Gaussian): number => {
  const spread = multiply(inverse(p.covariance), q.covariance);
  return logDensity(p, q.mean) - 0.5 * spread.reduce((sum, row, i) => sum + (row[i] ?? 0), 0);
};

/** KL(· ‖ p) as a function of a Gaussian of as many dimensions, in nats: p is inverted once. */
export const divergenceFrom = (p: Gaussian): ((q: Gaussian) => number) => {
  const precision = inverse(p.covariance);
  const logDet = logDeterminant(p.covariance);
  return (q) => {
    const shift = subtractVectors(q.mean, p.mean);
    const trace = precision.reduce((sum, row, i) => sum + dot(row, q.covariance[i] ?? []), 0);
    const distance = dot(shift, apply(precision, shift));
    return 0.5 * (trace + distance - p.mean.length + logDet - logDeterminant(q.covariance));
  };
};

/** The largest correlation between two coordinates, in absolute value; 0 where there are not two. */
export const largestCorrelation = (covariance: Matrix): number =>
  covariance.reduce(
    (most, row, i) =>
      row.slice(0, i).reduce((m, c, j) => {
        const spread = Math.sqrt((row[i] ?? Number.NaN) * at(covariance, j, j));
        return Math.max(m, Math.abs(c) / spread);
      }, most),
    0,
  );
