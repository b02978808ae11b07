import type { Point, Stroke } from './glyphs.js';

/** Line pieces per span of a curve: under 1 px each at the size of a digit. */
const PIECES = 5;

const at = (points: readonly Point[], index: number): Point => points[index] ?? [0, 0];

/** The Catmull-Rom span from b to c, without its start. */
const span = (a: Point, b: Point, c: Point, d: Point): readonly Point[] =>
  Array.from({ length: PIECES }, (_, piece): Point => {
    const u = (piece + 1) / PIECES;
    const blend = (p: number, q: number, r: number, s: number): number =>
      q + (u / 2) * (r - p + u * (2 * p - 5 * q + 4 * r - s + u * (3 * (q - r) + s - p)));
    return [blend(a[0], b[0], c[0], d[0]), blend(a[1], b[1], c[1], d[1])];
  });

/** The point that continues a curve evenly past its end b, coming from a. */
const beyond = (a: Point, b: Point): Point => [2 * b[0] - a[0], 2 * b[1] - a[1]];

/**
 * A stroke as a polyline, given where its points lie.
 *
 * Curves and loops are uniform Catmull-Rom splines through their points.
 *
 * Source: Catmull and Rom, "A class of local interpolating splines", 1974,
 * doi:10.1016/B978-0-12-079050-0.50020-5.
 *
 * @example
 * ```ts
 * polyline({ _tag: 'Lines', through: [1, 0] }, [[0, 0], [3, 4]]); // [[3, 4], [0, 0]]
 * ```
 */
export const polyline = (stroke: Stroke, points: readonly Point[]): readonly Point[] => {
  const path = stroke.through.map((index) => at(points, index));
  const n = path.length;
  switch (stroke._tag) {
    case 'Lines':
      return path;
    case 'Loop':
      return [
        at(path, 0),
        ...path.flatMap((start, i) =>
          span(at(path, (i + n - 1) % n), start, at(path, (i + 1) % n), at(path, (i + 2) % n)),
        ),
      ];
    case 'Curve': {
      const ends = [
        beyond(at(path, 1), at(path, 0)),
        ...path,
        beyond(at(path, n - 2), at(path, n - 1)),
      ];
      return [
        at(path, 0),
        ...path
          .slice(1)
          .flatMap((stop, i) => span(at(ends, i), at(path, i), stop, at(ends, i + 3))),
      ];
    }
  }
};
