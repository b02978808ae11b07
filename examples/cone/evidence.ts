/** The exact log evidence of the cone, the ceiling of every bound: an integral over the radius. */

/** Simpson's rule with `2 n` panels. */
const simpson = (f: (x: number) => number, from: number, to: number, n: number): number => {
  const step = (to - from) / (2 * n);
  let sum = f(from) + f(to);
  for (let i = 1; i < 2 * n; i += 1) sum += f(from + i * step) * (i % 2 === 1 ? 4 : 2);
  return (sum * step) / 3;
};

/** p(s) p(z | s) of s = x² + y², which is exponential with mean 2 · 10². */
const squareDensity =
  (z: number) =>
  (s: number): number => {
    const scale = 0.1 + s / 100;
    return (
      (Math.exp(-s / 200) / 200) *
      (Math.exp(-0.5 * ((z - s) / scale) ** 2) / (scale * Math.sqrt(2 * Math.PI)))
    );
  };

/** log p(z) = log ∫ p(s) p(z | s) ds, in nats; the integrand is below 1e-40 of its peak past s = z + 5. */
export const exactLogEvidence = (z: number): number =>
  Math.log(simpson(squareDensity(z), 0, z + 5, 20_000));

/**
 * Exact posterior draws of (x, y): x² + y² by its distribution function on a grid, and any angle.
 * `uniforms` has two numbers for each.
 */
export const exactDraws = (
  z: number,
  uniforms: Float32Array,
): readonly (readonly [number, number])[] => {
  const [cells, density] = [20_000, squareDensity(z)];
  const width = (z + 5) / cells;
  const cumulative = new Float64Array(cells);
  for (let i = 0, sum = 0; i < cells; i += 1) {
    sum += density((i + 0.5) * width);
    cumulative[i] = sum;
  }
  const total = cumulative[cells - 1] ?? 1;
  return Array.from({ length: uniforms.length / 2 }, (_, i) => {
    const [u, turn] = [(uniforms[2 * i] ?? 0) * total, 2 * Math.PI * (uniforms[2 * i + 1] ?? 0)];
    const radius = Math.sqrt((cumulative.findIndex((c) => c >= u) + 0.5) * width);
    return [radius * Math.cos(turn), radius * Math.sin(turn)];
  });
};
