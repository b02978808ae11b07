/** Nodes and weights of Gaussian quadrature, in double precision. */

/** Points with weights that sum to 1. */
export interface Rule {
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

/** The three-term recurrence of polynomials p_k, orthonormal: x p_k = b_(k+1) p_(k+1) + b_k p_(k−1). */
type Offsets = (k: number) => number;

/** p_0, …, p_n at x. */
const polynomials = (x: number, n: number, offset: Offsets): readonly number[] => {
  const values = [1];
  for (let k = 0; k < n; k += 1) {
    const before = k === 0 ? 0 : offset(k) * (values[k - 1] ?? 0);
    values.push((x * (values[k] ?? 0) - before) / offset(k + 1));
  }
  return values;
};

/** How many eigenvalues of the recurrence's matrix of size n lie below x: the signs of its pivots. */
const below = (x: number, n: number, offset: Offsets): number => {
  let [count, pivot] = [0, 1];
  for (let k = 0; k < n; k += 1) {
    pivot = -x - (k === 0 ? 0 : offset(k) ** 2 / (pivot === 0 ? Number.MIN_VALUE : pivot));
    if (pivot < 0) count += 1;
  }
  return count;
};

/**
 * The rule of n points whose nodes are the zeros of p_n, found by bisection, which needs no first
 * guess; the weight of a node is 1 / Σ_(k<n) p_k².
 * Source: Golub and Welsch 1969, Calculation of Gauss Quadrature Rules, doi:10.2307/2004418.
 */
const ruleOf = (n: number, reach: number, offset: Offsets): Rule => {
  const nodes = Array.from({ length: n }, (_, i) => {
    let [low, high] = [-reach, reach];
    for (let step = 0; step < 80; step += 1) {
      const middle = (low + high) / 2;
      if (below(middle, n, offset) > i) high = middle;
      else low = middle;
    }
    return (low + high) / 2;
  });
  const weights = nodes.map(
    (x) => 1 / polynomials(x, n - 1, offset).reduce((sum, p) => sum + p * p, 0),
  );
  return { nodes, weights };
};

/**
 * The Gauss–Hermite rule for E f(ε), ε ~ N(0, 1): exact for polynomials of degree 2n − 1.
 *
 * @example
 * ```ts
 * const { nodes, weights } = hermite(5);
 * nodes.reduce((sum, x, i) => sum + (weights[i] ?? NaN) * x ** 8, 0); // 105
 * ```
 */
export const hermite = (n: number): Rule => ruleOf(n, 2 * Math.sqrt(n) + 1, Math.sqrt);

/** The Gauss–Legendre rule for E f(u), u uniform on (0, 1). */
export const legendre = (n: number): Rule => {
  const { nodes, weights } = ruleOf(n, 1, (k) => k / Math.sqrt(4 * k * k - 1));
  return { nodes: nodes.map((x) => (1 + x) / 2), weights };
};
