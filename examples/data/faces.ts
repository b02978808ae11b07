/**
 * Faces without a download: one face of 28x20 pixels, whose pose, expression and light vary.
 *
 * Laws:
 *
 * - image i depends on (key, i) alone, so a longer set starts with the shorter one
 * - seven traits make an image: turn and nod of the head, smile, open mouth, closed eyes, raised brows,
 *   light. Features move and bend with them, so the images lie near a curved surface and not a plane
 * - levels are within 0.03 and 0.95 but for noise of 0.02, as a camera's are
 */
import { type Key, foldIn } from 'marginalia';
import { randomNormal } from 'marginalia/random';
import type { Images } from './images.js';

const ROWS = 28;
const COLUMNS = 20;
const TRAITS = 7;
const NOISE = 0.02;

interface Traits {
  readonly turn: number;
  readonly nod: number;
  readonly smile: number;
  readonly open: number;
  readonly shut: number;
  readonly brows: number;
  readonly light: number;
}

const traitsOf = (z: Float32Array): Traits => {
  // Within ±1, most of them well inside: a face that turns further shows its other side.
  const at = (i: number): number => Math.tanh(0.8 * (z[i] ?? 0));
  const part = (i: number): number => (1 + Math.tanh(1.5 * ((z[i] ?? 0) - 0.5))) / 2;
  return {
    turn: at(0),
    nod: at(1),
    smile: at(2),
    open: part(3),
    shut: part(4),
    brows: at(5),
    light: at(6),
  };
};

/** 1 inside and 0 outside of an ellipse, with an edge about a pixel wide. */
const blob = (x: number, y: number, rx: number, ry: number): number =>
  1 / (1 + Math.exp(3 * Math.min(rx, ry) * (Math.hypot(x / rx, y / ry) - 1)));

/** A stroke along the parabola y = bend (x² / reach² − ½), as thick as 2 · pen. */
const stroke = (x: number, y: number, reach: number, bend: number, pen: number): number =>
  blob(x, y - bend * ((x / reach) ** 2 - 0.5), reach, pen);

/** The level of a point, x to the right and y down, in pixels from the middle of the head. */
const levelAt = (x: number, y: number, t: Traits): number => {
  const head = blob(x - 0.6 * t.turn, y, 8.2, 11.5);
  const hair = blob(x - 0.3 * t.turn, y + 11.5 - 1.2 * t.nod, 9, 4.6);
  // What lies in front turns further than the head, and is foreshortened on the side it turns to.
  const [fx, fy] = [x - 2.6 * t.turn, y - 1.8 * t.nod];
  const across = fx * (1 + 0.06 * t.turn * Math.sign(fx));
  const eye = (side: number): number => {
    const [ex, ey] = [across - 3.3 * side, fy + 2.2];
    return Math.max(
      0.55 * (1 - t.shut) * blob(ex, ey, 1.9, 1.3),
      0.9 * (1 - t.shut) * blob(ex - 0.5 * t.turn, ey, 0.9, 1.0),
      0.6 * t.shut * stroke(ex, ey - 0.5, 1.9, -0.6, 0.55),
    );
  };
  const brow = (side: number): number =>
    0.6 * stroke(across - 3.3 * side, fy + 4.9 + 0.8 * t.brows, 2.4, 0.7 * t.brows + 0.5, 0.7);
  const nose = 0.25 * blob(across - 0.7 * t.turn, fy - 1.3, 1.2, 2.3);
  const mouth = Math.max(
    0.55 * stroke(across, fy - 5.6, 3.2 + 0.7 * t.smile, -1.9 * t.smile, 0.7),
    0.75 * t.open * blob(across, fy - 5.9 - 0.5 * t.open, 2.2, 0.4 + 1.5 * t.open),
  );
  const dark = Math.max(eye(-1), eye(1), brow(-1), brow(1), nose, mouth);
  const skin = 0.74 + 0.02 * t.light * x - 0.008 * Math.abs(y);
  const face = head * skin * (1 - dark) + (1 - head) * 0.32;
  return hair * 0.16 + (1 - hair) * face;
};

/**
 * `count` grey images of a face, 28x20, levels from 0 to 1.
 *
 * @example
 * ```ts
 * const { grey, rows, columns } = faces({ count: 3, key: key(0) });
 * [grey.length, rows, columns]; // [1680, 28, 20]
 * ```
 */
export const faces = ({ count, key }: { readonly count: number; readonly key: Key }): Images => {
  const width = ROWS * COLUMNS;
  const grey = new Float32Array(count * width);
  for (let i = 0; i < count; i += 1) {
    const own = foldIn(key, i);
    const traits = traitsOf(randomNormal(foldIn(own, 'traits'), TRAITS));
    const noise = randomNormal(foldIn(own, 'camera'), width);
    for (let pixel = 0; pixel < width; pixel += 1) {
      const [x, y] = [(pixel % COLUMNS) - 9.5, Math.floor(pixel / COLUMNS) - 13.5];
      const level = levelAt(x, y, traits) + NOISE * (noise[pixel] ?? 0);
      grey[i * width + pixel] = Math.min(Math.max(level, 0), 1);
    }
  }
  return { count, rows: ROWS, columns: COLUMNS, grey };
};
