/**
 * Monotonic rational-quadratic splines with linear tails (Durkan et al. 2019, Neural Spline Flows, section 3.1,
 * arXiv:1906.04032; Gregory and Delbourgo 1982).
 *
 * On [−bound, bound] the map goes through K + 1 knots with given slopes there, in between as a quotient of two
 * quadratics; outside it is the identity, and its slope is 1 at both ends.
 */
import * as tf from '@tensorflow/tfjs';
import { type Rule, positiveNumber, whole } from '../refusals/options.js';
import { softplus } from '../numerics/special.js';
import { choose, greater, greaterEqual } from '../tensors/comparison.js';
import type { Tensor } from '../tensors/tensor.js';
import { type ElementMap, type Moved, entriesOf } from './element-map.js';

export interface SplineOptions {
  /** How many pieces the spline of an entry has; 8 where left out. */
  readonly bins?: number;
  /** Entries are moved within [−bound, bound] alone; 3 where left out. */
  readonly bound?: number;
}

export const splineRules: Readonly<Record<'bins' | 'bound', Rule>> = {
  bins: whole(2, 100),
  bound: positiveNumber,
};

/** The least width and height of a piece, as shares of all, and the least slope at a knot. */
const LEAST_SHARE = 1e-3;
const LEAST_SLOPE = 1e-3;
/** Where softplus is 1 less the least slope. */
const UNIT = Math.log(Math.expm1(1 - LEAST_SLOPE));

/** The left ends and the lengths of pieces. */
interface Pieces {
  readonly starts: Tensor;
  readonly lengths: Tensor;
}

const piecesOf = (numbers: Tensor, bins: number, bound: number): Pieces => {
  const free = tf.mul(tf.softmax(numbers), 1 - LEAST_SHARE * bins);
  const lengths = tf.mul(tf.add(free, LEAST_SHARE), 2 * bound);
  // `tf.cumsum` takes a negative axis, but permutes the axes wrongly for it.
  return { starts: tf.sub(tf.cumsum(lengths, lengths.rank - 1, true), bound), lengths };
};

/** 1 for the piece that a number lies in, 0 for the others. */
const pieceAt = (x: Tensor, { starts }: Pieces, bins: number): Tensor => {
  const isPast = greaterEqual(tf.expandDims(x, -1), entriesOf(starts, 1, bins - 1));
  const ends = tf.zerosLike(tf.expandDims(x, -1));
  return tf.sub(tf.concat([tf.add(ends, 1), isPast], -1), tf.concat([isPast, ends], -1));
};

/** The piece that a number lies in: its corner, width, mean slope, and slopes at its ends. */
interface Piece {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly width: Tensor;
  readonly height: Tensor;
  readonly mean: Tensor;
  readonly left: Tensor;
  readonly right: Tensor;
}

const logSlopeAt = (t: Tensor, { mean, left, right }: Piece): Tensor => {
  const rest = tf.sub(1, t);
  const both = tf.mul(t, rest);
  const above = tf.add(
    tf.add(tf.mul(right, tf.square(t)), tf.mul(tf.mul(mean, both), 2)),
    tf.mul(left, tf.square(rest)),
  );
  const bend = tf.sub(tf.add(left, right), tf.mul(mean, 2));
  const below = tf.add(mean, tf.mul(bend, both));
  return tf.add(tf.log(above), tf.mul(tf.log(tf.div(mean, below)), 2));
};

const forwardIn = (x: Tensor, piece: Piece): Moved => {
  const { mean, left, right } = piece;
  const t = tf.div(tf.sub(x, piece.x), piece.width);
  const both = tf.mul(t, tf.sub(1, t));
  const bend = tf.sub(tf.add(left, right), tf.mul(mean, 2));
  const above = tf.add(tf.mul(mean, tf.square(t)), tf.mul(left, both));
  const share = tf.div(above, tf.add(mean, tf.mul(bend, both)));
  return { value: tf.add(piece.y, tf.mul(piece.height, share)), logSlope: logSlopeAt(t, piece) };
};

/** The root of the quadratic in t, in the form that does not cancel. */
const inverseIn = (y: Tensor, piece: Piece): Moved => {
  const { mean, left, right } = piece;
  const share = tf.div(tf.sub(y, piece.y), piece.height);
  const bent = tf.mul(share, tf.sub(tf.add(left, right), tf.mul(mean, 2)));
  const a = tf.add(tf.sub(mean, left), bent);
  const b = tf.sub(left, bent);
  const c = tf.mul(mean, share);
  // b² + 4 a c is positive, but may round to less where both ends of a piece are nearly flat.
  const root = tf.sqrt(tf.maximum(tf.add(tf.square(b), tf.mul(tf.mul(a, c), 4)), 1e-12));
  const t = tf.div(tf.mul(c, 2), tf.add(b, root));
  return { value: tf.add(piece.x, tf.mul(piece.width, t)), logSlope: logSlopeAt(t, piece) };
};

/** Splines of an entry from its 3 K − 1 numbers: K for widths, K for heights, and slopes at the inner knots. */
export const splineElements = ({ bins = 8, bound = 3 }: SplineOptions): ElementMap => {
  const moved = (at: Tensor, numbers: Tensor, isForward: boolean): Moved => {
    const widths = piecesOf(entriesOf(numbers, 0, bins), bins, bound);
    const heights = piecesOf(entriesOf(numbers, bins, bins), bins, bound);
    const raw = entriesOf(numbers, 2 * bins, bins - 1);
    const inner = tf.add(softplus(tf.add(raw, UNIT)), LEAST_SLOPE);
    const one = tf.onesLike(entriesOf(numbers, 0, 1));
    const within = tf.clipByValue(at, -bound, bound);
    const where = pieceAt(within, isForward ? widths : heights, bins);
    const taken = (x: Tensor): Tensor => tf.sum(tf.mul(where, x), -1);
    const [width, height] = [taken(widths.lengths), taken(heights.lengths)];
    const piece: Piece = {
      x: taken(widths.starts),
      y: taken(heights.starts),
      width,
      height,
      mean: tf.div(height, width),
      left: taken(tf.concat([one, inner], -1)),
      right: taken(tf.concat([inner, one], -1)),
    };
    const { value, logSlope } = (isForward ? forwardIn : inverseIn)(within, piece);
    const isOutside = greater(tf.abs(at), tf.scalar(bound));
    return {
      value: choose(isOutside, at, value),
      logSlope: choose(isOutside, tf.zerosLike(logSlope), logSlope),
    };
  };
  return {
    size: 3 * bins - 1,
    forward: (x, numbers) => moved(x, numbers, true),
    inverse: (y, numbers) => moved(y, numbers, false),
  };
};
