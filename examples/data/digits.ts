/**
 * Handwritten digits without a download: pen strokes, each image in a hand of its own.
 *
 * Laws:
 *
 * - image i depends on (key, i) alone, so a longer set starts with the shorter one
 * - image i shows the digit i mod 10, so classes are balanced
 * - as in MNIST, a digit fills a box of 20 x 20 pixels and its ink is centred in 28 x 28; no
 *   ink reaches the outermost pixels
 */
import { type Key, foldIn } from 'marginalia';
import { randomNormal, randomUniform } from 'marginalia/random';
import { glyphs, type Glyph, type Point } from './glyphs.js';
import { clamp, form, handOf, TRAITS, type Hand } from './hand.js';
import { ink, SOFT, type Segment } from './ink.js';
import { polyline } from './polyline.js';

/** Grey images of digits: `images` is count x rows x columns, row-major, 0 to 1. */
export interface Digits {
  readonly images: Float32Array;
  readonly labels: Uint8Array;
  readonly rows: number;
  readonly columns: number;
}

const SIDE = 28;

/** The glyph at its size in pixels, with its ink's centre in the middle of the image. */
const place = (paths: readonly (readonly Point[])[], hand: Hand): readonly Segment[] => {
  const range = (axis: 0 | 1): Point => {
    const values = paths.flatMap((path) => path.map((point) => point[axis]));
    return [Math.min(...values), Math.max(...values)];
  };
  const ranges = [range(0), range(1)] as const;
  const scale = hand.size / Math.max(...ranges.map(([least, most]) => most - least));
  const pieces = paths.flatMap((path) =>
    path.slice(1).map((to, i) => {
      const from = path[i] ?? to;
      return { from, to, length: Math.sqrt((to[0] - from[0]) ** 2 + (to[1] - from[1]) ** 2) };
    }),
  );
  const total = pieces.reduce((sum, { length }) => sum + length, 0);
  const centre = (axis: 0 | 1): number =>
    pieces.reduce((sum, { from, to, length }) => sum + (length * (from[axis] + to[axis])) / 2, 0) /
    total;
  // The centre gives way where ink, with its soft edge, would reach the outermost pixels.
  const margin = hand.pen * (1 + Math.abs(hand.swell)) + SOFT;
  const origin = (axis: 0 | 1): number =>
    clamp(
      (SIDE - 1) / 2 + hand.offset[axis] - scale * centre(axis),
      margin - scale * ranges[axis][0],
      SIDE - 1 - margin - scale * ranges[axis][1],
    );
  const [left, top] = [origin(0), origin(1)];
  const pixel = ([x, y]: Point): Point => [left + scale * x, top + scale * y];
  return pieces.map(({ from, to }, i) => ({
    from: pixel(from),
    to: pixel(to),
    radius: hand.pen * (1 + hand.swell * Math.sin(hand.phase + (5 * i) / pieces.length)),
  }));
};

/** Picks by share: `u` in (0, 1) falls to each glyph in proportion. */
const pick = (ways: readonly Glyph[], u: number): Glyph => {
  const total = ways.reduce((sum, { share }) => sum + share, 0);
  const ends = ways.map((_, i) => ways.slice(0, i + 1).reduce((sum, { share }) => sum + share, 0));
  const chosen = ways[ends.findIndex((end) => u * total < end)];
  if (chosen === undefined) throw new Error('pick: expected a digit with a glyph, got none');
  return chosen;
};

/**
 * `count` grey images of handwritten digits, 28 x 28, ink 1 on 0, and their classes 0 to 9.
 *
 * Throws if `count` is not a whole number, 0 or more.
 *
 * @example
 * ```ts
 * const { images, labels } = digits({ count: 20, key: key(0) });
 * images.length; // 15680
 * labels[13]; // 3
 * ```
 */
export const digits = ({ count, key }: { readonly count: number; readonly key: Key }): Digits => {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(
      `digits: expected a whole number of images, 0 or more, got ${count}; ` +
        'pass a count such as 1000.',
    );
  }
  const images = new Float32Array(count * SIDE * SIDE);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  labels.forEach((label, i) => {
    const own = foldIn(key, i);
    const [u = 0] = randomUniform(own, 1);
    const glyph = pick(glyphs[label] ?? [], u);
    const hand = handOf(randomNormal(own, TRAITS + 2 * glyph.points.length));
    const points = form(glyph, hand);
    const segments = place(
      glyph.strokes.map((stroke) => polyline(stroke, points)),
      hand,
    );
    ink(images.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE), SIDE, segments);
  });
  return { images, labels, rows: SIDE, columns: SIDE };
};
