/** Two laws of points in the plane whose densities are known, so that the entropy of draws is. */
import { type Key, foldIn } from 'marginalia';
import { randomNormal, randomUniform } from 'marginalia/random';

/** A law with its draws, flat and row-major, and its density, in nats. */
export interface Truth {
  readonly name: string;
  readonly draws: (key: Key, count: number) => Float32Array;
  readonly logDensity: (x: number, y: number) => number;
}

/** Points of a curve with normal noise about them. */
const noisy = (
  name: string,
  at: (u: number) => readonly [number, number],
  scale: number,
): Truth => {
  // A density is a mean over the curve; its points lie far closer than the noise is wide.
  const along = Array.from({ length: 400 }, (_, i) => at((i + 0.5) / 400));
  return {
    name,
    draws: (key, count) => {
      const noise = randomNormal(foldIn(key, 'noise'), 2 * count);
      const places = randomUniform(foldIn(key, 'places'), count);
      return Float32Array.from({ length: 2 * count }, (_, i) => {
        const place = at(places[Math.floor(i / 2)] ?? 0);
        return (place[i % 2] ?? 0) + scale * (noise[i] ?? 0);
      });
    },
    logDensity: (x, y) => {
      const squares = along.map(([a, b]) => ((x - a) ** 2 + (y - b) ** 2) / (2 * scale ** 2));
      const least = Math.min(...squares);
      const mean = squares.reduce((sum, s) => sum + Math.exp(least - s), 0) / along.length;
      return Math.log(mean) - least - Math.log(2 * Math.PI * scale ** 2);
    },
  };
};

/** Two half circles, each of which ends within the other. */
export const moons = noisy(
  'two moons',
  (u) => {
    const [angle, side] = [2 * Math.PI * u, u < 0.5 ? 1 : -1];
    return [1.5 * (Math.cos(angle) - 0.5 * side), 1.5 * (Math.sin(angle) - 0.25 * side)];
  },
  0.15,
);

/** A circle, with a hole in the middle, which flows of a normal law can come near but not have. */
export const ring = noisy(
  'ring',
  (u) => [1.6 * Math.cos(2 * Math.PI * u), 1.6 * Math.sin(2 * Math.PI * u)],
  0.2,
);
