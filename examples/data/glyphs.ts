/**
 * The ten digits as pen strokes: the ways people write each, before any hand's deformation.
 *
 * Points are (x, y) in a box about 14 wide and 20 high, y downwards. Strokes name points by index,
 * so strokes that meet share a point and stay joined when the points are moved.
 */

/** A position: x to the right, y downwards. */
export type Point = readonly [number, number];

/** A path of the pen through points, given by index. */
export type Stroke =
  /** A smooth curve through the points. */
  | { readonly _tag: 'Curve'; readonly through: readonly number[] }
  /** A smooth closed curve through the points. */
  | { readonly _tag: 'Loop'; readonly through: readonly number[] }
  /** Straight lines from point to point. */
  | { readonly _tag: 'Lines'; readonly through: readonly number[] };

/** One way to write a digit; `share` is its weight among the ways to write that digit. */
export interface Glyph {
  readonly share: number;
  readonly points: readonly Point[];
  readonly strokes: readonly Stroke[];
}

const curve = (...through: readonly number[]): Stroke => ({ _tag: 'Curve', through });
const loop = (...through: readonly number[]): Stroke => ({ _tag: 'Loop', through });
const lines = (...through: readonly number[]): Stroke => ({ _tag: 'Lines', through });

/** Points written as in SVG, 'x,y x,y': as nested arrays they would fill three times the lines. */
const pointsOf = (text: string): readonly Point[] =>
  text.split(/\s+/).map((pair): Point => {
    const [x = NaN, y = NaN] = pair.split(',').map(Number);
    return [x, y];
  });

const glyph = (share: number, points: string, ...strokes: readonly Stroke[]): Glyph => ({
  share,
  points: pointsOf(points),
  strokes,
});

const zero: readonly Glyph[] = [
  glyph(3, '7,0 11.5,2.5 13,9 11.5,16.5 7,20 2.5,17 1,10.5 2.8,3', loop(0, 1, 2, 3, 4, 5, 6, 7)),
  // The pen ends past its start, inside the ring.
  glyph(
    2,
    '9,0.8 4.5,2.5 1.3,9 2.3,17 6.5,20 11.2,16.5 12.6,9 10.5,2 6.2,1.8',
    curve(0, 1, 2, 3, 4, 5, 6, 7, 8),
  ),
  glyph(1, '7,0 10,3 10.8,10 9.5,17 6.5,20 4,16.5 3.2,9.5 4.5,3', loop(0, 1, 2, 3, 4, 5, 6, 7)),
];

const one: readonly Glyph[] = [
  glyph(6, '7.2,0 7,7 6.9,13 6.8,20', curve(0, 1, 2, 3)),
  glyph(2, '4.3,4.2 7.4,0 7.2,10 7,20', lines(0, 1), curve(1, 2, 3)),
  glyph(
    1,
    '4,4.5 7.4,0 7.1,10 7,19.5 3,19.7 11.3,19.3',
    lines(0, 1),
    curve(1, 2, 3),
    lines(4, 3, 5),
  ),
];

const two: readonly Glyph[] = [
  glyph(
    3,
    '1.8,4.5 3.6,1.2 7.4,0 11.2,2 11.6,6.5 8.8,11.5 4.8,16 1,19.6 7,19.2 13.2,18.8',
    curve(0, 1, 2, 3, 4, 5, 6, 7),
    curve(7, 8, 9),
  ),
  // The foot starts with a small loop.
  glyph(
    3,
    `1.8,4 4.6,0.6 8.6,0.4 11,3.6 9.8,9 6.4,14.6 2.6,19 0.6,18.2 2.4,15.8 6.4,17.4 10,19.6
     13.6,18.4`,
    curve(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
  ),
  glyph(
    2,
    '1.5,1.6 6,0.2 11.4,1.2 10.6,6 6,12.5 1.2,18.4 7,19.4 14,18.6',
    curve(0, 1, 2, 3, 4, 5),
    curve(5, 6, 7),
  ),
];

const three: readonly Glyph[] = [
  glyph(
    4,
    '1.8,2.6 6,0 10.4,1.8 10.2,6.2 5,9.2 10.4,10.8 12,15 8.6,19.2 4,19.8 0.6,17.4',
    curve(0, 1, 2, 3, 4),
    curve(4, 5, 6, 7, 8, 9),
  ),
  // The bowls meet in a small loop.
  glyph(
    2,
    '2.2,2.2 6.4,0 10.6,2 9.6,6.6 6,9.4 4.6,9.8 6.4,9 10.8,11.2 11.6,15.6 7.8,19.6 1,18.4',
    curve(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
  ),
  glyph(
    1,
    '1.6,0.8 6.4,0.6 11.6,0.2 5.8,8 10.4,10 11.8,14.4 8.4,19 4,19.8 0.6,17.8',
    curve(0, 1, 2),
    lines(2, 3),
    curve(3, 4, 5, 6, 7, 8),
  ),
];

const four: readonly Glyph[] = [
  // Open at the top: an angle, crossed by a stem.
  glyph(
    4,
    '3.2,1 2,6.5 1.4,11.6 7,11.4 13.4,10.6 11,0.4 10.2,10 9.4,20',
    curve(0, 1, 2),
    curve(2, 3, 4),
    curve(5, 6, 7),
  ),
  // Open and round, written like a u with a tail.
  glyph(
    2,
    '2.8,1.2 1.2,7.4 3.4,11.4 8,10.8 11.2,6.6 11.8,0.6 11,10 10,20',
    curve(0, 1, 2, 3, 4),
    curve(5, 4, 6, 7),
  ),
  // Closed: a triangle and a stem.
  glyph(
    2,
    '9.6,0 5,6.6 0.8,13 7,13.2 13.6,12.8 9.4,10 9.2,20',
    curve(0, 1, 2),
    curve(2, 3, 4),
    curve(0, 5, 6),
  ),
];

const five: readonly Glyph[] = [
  glyph(
    3,
    `3.8,0.6 3.2,4.6 2.6,8.8 6.4,7 10.8,9 11.8,13.6 8.8,18.6 4.4,19.8 0.8,17.6 8,0.4 12.8,0`,
    curve(0, 1, 2),
    curve(2, 3, 4, 5, 6, 7, 8),
    curve(0, 9, 10),
  ),
  // In one go from the right of the bar, without a corner at the waist.
  glyph(
    2,
    '12.6,0.2 8,0.6 4.4,1 2.8,4.8 4.8,8.2 9.4,10.4 10.8,14.6 7.8,18.8 3.8,19.8 0.6,18',
    curve(0, 1, 2),
    curve(2, 3, 4, 5, 6, 7, 8, 9),
  ),
];

const six: readonly Glyph[] = [
  glyph(
    3,
    '9.6,0.2 5.4,4.6 2.4,10.6 2.4,16.4 6.2,20 10.6,18 11.2,13.6 8,11 4.4,12.6 2.6,15.8',
    curve(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
  ),
  glyph(
    1,
    '6.4,0 3.6,5.4 2,11.8 3,17.8 6.8,20 10.4,17.4 10,13 6.6,12 3.2,15.4',
    curve(0, 1, 2, 3, 4, 5, 6, 7, 8),
  ),
];

const seven: readonly Glyph[] = [
  glyph(4, '1,2 6.5,1.2 12.4,1 9.6,7.4 7.4,13.6 5.8,20', curve(0, 1, 2), curve(2, 3, 4, 5)),
  // With a hook at the left of the bar.
  glyph(
    2,
    '1.2,4.6 1.8,1.2 6.8,1.4 12.4,0.6 10.2,7 8.4,13.4 7.4,20',
    curve(0, 1),
    curve(1, 2, 3),
    curve(3, 4, 5, 6),
  ),
  // Crossed.
  glyph(
    1.5,
    '1,1.4 6.5,1.2 12.4,0.6 9.8,7.4 7.6,13.6 6.2,20 4,10.6 12,9.8',
    curve(0, 1, 2),
    curve(2, 3, 4, 5),
    lines(6, 7),
  ),
];

const eight: readonly Glyph[] = [
  glyph(
    3,
    '10.8,3.2 7.4,0 3.8,2.6 4.6,7 9.4,11.6 11,16.2 7.4,20 3.2,17.4 4.2,12.4 9.4,7.4',
    loop(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
  ),
  // Open at the top right, where the pen starts and ends.
  glyph(
    2,
    `11.2,2.4 7.4,0.2 3.8,3.2 5.4,7.8 9.4,12 9.8,17.2 6.2,20 2.8,17.2 4.8,11.8 9.2,7 11.8,1.8`,
    curve(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
  ),
  // Two rings.
  glyph(
    1,
    '7.2,0 10.8,4.2 7.2,9 3.6,4.8 11.6,14.4 7,20 2.6,14.6',
    loop(0, 1, 2, 3),
    loop(2, 4, 5, 6),
  ),
];

const nine: readonly Glyph[] = [
  glyph(
    3,
    '11,3 7.4,0.2 3,3 2.2,7.6 5.6,10.2 9.6,7.6 11.2,2.6 10.4,11 9.4,20',
    curve(0, 1, 2, 3, 4, 5, 6),
    curve(6, 7, 8),
  ),
  // With a curved tail.
  glyph(
    2,
    '10.6,3 7,0.2 3,2.8 2.4,7.2 5.8,9.4 9.8,7 11.2,3 11,10 9.4,16.8 5.6,20 2,18.4',
    curve(0, 1, 2, 3, 4, 5, 6),
    curve(6, 7, 8, 9, 10),
  ),
];

/** The ways to write each digit: `glyphs[d]` are those of digit d. */
export const glyphs: readonly (readonly Glyph[])[] = [
  zero,
  one,
  two,
  three,
  four,
  five,
  six,
  seven,
  eight,
  nine,
];
