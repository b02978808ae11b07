import type { Point } from './glyphs.js';

/** A straight piece of a stroke and half the width of the pen there, in pixels. */
export interface Segment {
  readonly from: Point;
  readonly to: Point;
  readonly radius: number;
}

/** Half the width of the soft edge of a stroke, in pixels. */
export const SOFT = 0.8;

/** Smooth coverage of a pixel whose centre lies `outside` pixels outside the edge of the stroke. */
const coverage = (outside: number): number => {
  const inward = Math.min(Math.max((SOFT - outside) / (2 * SOFT), 0), 1);
  return inward * inward * (3 - 2 * inward);
};

/**
 * Inks segments into `pixels`, a square image of `side` x `side` levels, row-major, 0 to 1.
 *
 * A pixel's level is the smooth coverage of its centre's distance to the nearest segment, less the
 * pen's radius there. Each segment visits only the pixels that it can reach.
 */
export const ink = (pixels: Float32Array, side: number, segments: readonly Segment[]): void => {
  // Distances are kept where the levels will be: the caller's array is the only memory needed.
  pixels.fill(SOFT);
  for (const { from, to, radius } of segments) {
    const dx = to[0] - from[0];
    const dy = to[1] - from[1];
    const squared = dx * dx + dy * dy;
    const reach = radius + SOFT;
    const left = Math.max(0, Math.ceil(Math.min(from[0], to[0]) - reach));
    const right = Math.min(side - 1, Math.floor(Math.max(from[0], to[0]) + reach));
    const top = Math.max(0, Math.ceil(Math.min(from[1], to[1]) - reach));
    const bottom = Math.min(side - 1, Math.floor(Math.max(from[1], to[1]) + reach));
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const px = x - from[0];
        const py = y - from[1];
        const along = squared === 0 ? 0 : Math.min(Math.max((px * dx + py * dy) / squared, 0), 1);
        const ox = px - along * dx;
        const oy = py - along * dy;
        const outside = Math.sqrt(ox * ox + oy * oy) - radius;
        const pixel = y * side + x;
        if (outside < (pixels[pixel] ?? 0)) pixels[pixel] = outside;
      }
    }
  }
  for (let pixel = 0; pixel < pixels.length; pixel++) {
    pixels[pixel] = coverage(pixels[pixel] ?? SOFT);
  }
};
