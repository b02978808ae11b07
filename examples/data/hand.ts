import type { Glyph, Point } from './glyphs.js';

/** The side of the box that a digit fills, in pixels, as in MNIST. */
const BOX = 20;

/** How one writer, once, forms a digit: in units of the glyph's box, but for pixels where it says. */
export interface Hand {
  readonly width: number;
  readonly slant: number;
  readonly turn: number;
  /** How far the middle moves to the right and down: curved backs, high and low waists. */
  readonly bow: number;
  readonly waist: number;
  /** Slow waves across the box, which bend neighbouring strokes alike. */
  readonly waves: (x: number, y: number) => Point;
  /** Unsteadiness of each point on its own. */
  readonly jitter: (index: number) => Point;
  /** Half the pen's width in pixels, and how it swells along the stroke. */
  readonly pen: number;
  readonly swell: number;
  readonly phase: number;
  /** The digit's size, and the offset of its ink's centre, in pixels. */
  readonly size: number;
  readonly offset: Point;
}

/** The number nearest to x from least to most. */
export const clamp = (x: number, least: number, most: number): number =>
  Math.min(Math.max(x, least), most);

/** Normals that make a hand, beside those of the points. */
export const TRAITS = 15;

/** A hand from TRAITS independent standard normals and two more for each point of a glyph. */
export const handOf = (z: Float32Array): Hand => {
  // Cut at 2.5: past it a digit is misshapen rather than unusual.
  const normal = (index: number): number => clamp(z[index] ?? 0, -2.5, 2.5);
  const wave = (index: number, along: number): number =>
    normal(index) * Math.sin(0.25 * along + 2 * normal(index + 1));
  const pen = clamp(1.32 + 0.28 * normal(0), 0.9, 1.9);
  return {
    width: Math.exp(0.06 + 0.17 * normal(1)),
    slant: 0.2 + 0.2 * normal(2),
    turn: 0.06 * normal(3),
    bow: 0.5 * normal(4),
    waist: 0.9 * normal(5),
    waves: (x, y) => [0.7 * wave(6, y), 0.7 * wave(8, x)],
    jitter: (index) => [0.4 * normal(TRAITS + 2 * index), 0.4 * normal(TRAITS + 1 + 2 * index)],
    pen,
    swell: 0.1 * normal(10),
    phase: 2 * normal(11),
    size: BOX - 2 * pen - 0.4 + 0.5 * normal(12),
    offset: [0.35 * normal(13), 0.35 * normal(14)],
  };
};

/** Where the hand puts the glyph's points, in units of the glyph's box. */
export const form = (glyph: Glyph, hand: Hand): readonly Point[] => {
  const [cos, sin] = [Math.cos(hand.turn), Math.sin(hand.turn)];
  return glyph.points.map(([x, y], index) => {
    const [jx, jy] = hand.jitter(index);
    const [wx, wy] = hand.waves(x, y);
    const [px, py] = [x + jx + wx - 7, y + jy + wy - 10];
    const middle = 1 - (py / 10) ** 2;
    const lowered = py + hand.waist * middle;
    const across = px * hand.width + hand.bow * middle - hand.slant * lowered;
    return [across * cos - lowered * sin, across * sin + lowered * cos];
  });
};
