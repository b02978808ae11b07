/** Gauss-Legendre quadrature in double precision, for host code. */

interface Node {
  readonly at: number;
  readonly weight: number;
}

/** Legendre's polynomial of degree n and its slope, by recurrence (DLMF 18.9.1). */
const legendre = (n: number, x: number): readonly [value: number, slope: number] => {
  let [before, value] = [1, x];
  for (let k = 2; k <= n; k += 1) {
    [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  }
  return [value, (n * (x * value - before)) / (x * x - 1)];
};

/** Places and weights on [0, 1]: zeros of the polynomial by Newton's method. */
const nodesOf = (n: number): readonly Node[] =>
  Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    for (let step = 0; step < 8; step += 1) {
      const [value, slope] = legendre(n, x);
      x -= value / slope;
    }
    const [, slope] = legendre(n, x);
    return { at: (1 - x) / 2, weight: 1 / ((1 - x * x) * slope * slope) };
  });

const NODES = nodesOf(32);

/** ∫ f from `low` to `high` by 32 places: exact to rounding for what varies as a bell over its whole width does. */
export const integral = (f: (x: number) => number, low: number, high: number): number => {
  const width = high - low;
  let sum = 0;
  for (const { at, weight } of NODES) sum += weight * f(low + width * at);
  return width * sum;
};
