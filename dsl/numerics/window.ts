/** What a law of one number has between two bounds, from logarithms of its shares and from its density. */
import * as tf from '@tensorflow/tfjs';
import { choose, equal, greater, greaterEqual, less } from '../tensors/comparison.js';
import { cutOff } from '../tensors/gradient.js';
import type { Tensor } from '../tensors/tensor.js';
import { logDiffExp, logOrImpossible } from './special.js';

type Each = (x: Tensor) => Tensor;

interface Ends {
  readonly below: number;
  readonly above: number;
}

/** What a law knows of both its sides, in nats. */
export interface Sides {
  /** log P(draw ≤ value), and log P(draw > value). */
  readonly below: Each;
  readonly above: Each;
  /** The values with such logarithms. */
  readonly fromBelow: Each;
  readonly fromAbove: Each;
  /** The logarithms below which shares are not known, and below which quantiles are not. */
  readonly shares: Ends;
  readonly quantiles: Ends;
}

/** A law that is looked at between bounds. */
export interface Whole {
  readonly sides: Sides;
  readonly logProb: Each;
  /** Some value in its middle, without a gradient. */
  readonly middle: Tensor;
  /** Where its values end, or ∓∞. */
  readonly least: number;
  readonly most: number;
}

export interface Window {
  /** log of the share between the bounds; NaN where that is not known. */
  readonly logMass: () => Tensor;
  /** The value below which there is a share u of that, likewise. */
  readonly quantile: Each;
}

/** Shares that differ by less, beside how large their logarithms are, have lost digits that the density has not. */
const NARROW = 2 ** -9;
const WIDEST = 0.5;
/** Where the density changes too much between the bounds for that, shares that differ by less are not told apart. */
const LOST = 2 ** -12;
/** By how much the logarithm of the density may change between bounds that are narrow. */
const SMOOTH = 1;

/** Gauss's three places on [0, 1]. */
const PLACES = [0.1127016653792583, 0.5, 0.8872983346207417] as const;
/** Its outer weight: the middle one is what is left of 1. */
const WEIGHT = 5 / 18;

/** A slope of log p below this is a straight density. */
const STRAIGHT = 1e-3;

const not = (flag: Tensor): Tensor => tf.sub(1, flag);

/** Where a density eᴰᵗ on [0, 1] has a share u. */
const tilted = (u: Tensor, slope: Tensor): Tensor => {
  const isStraight = less(tf.abs(slope), tf.scalar(STRAIGHT));
  const d = choose(isStraight, tf.scalar(1), slope);
  const bent = tf.div(tf.log1p(tf.mul(u, tf.expm1(d))), d);
  const straight = tf.sub(u, tf.mul(tf.mul(slope, 0.5), tf.mul(u, tf.sub(1, u))));
  return choose(isStraight, straight, bent);
};

/** log((1 − part) eᵃ + part eᵇ) for b = a − gap, by `rest` = 1 − part. */
const between = (a: Tensor, gap: Tensor, part: Tensor, rest: Tensor): Tensor => {
  const isNear = less(part, rest);
  const near = tf.log1p(tf.mul(choose(isNear, part, tf.scalar(0)), tf.expm1(tf.neg(gap))));
  const far = logOrImpossible(
    choose(isNear, tf.scalar(1), tf.add(rest, tf.mul(part, tf.exp(tf.neg(gap))))),
  );
  return tf.add(a, choose(isNear, near, far));
};

/** The window from `low` to `high`, seen from the side that has less of the law. */
export const windowOf = (
  { sides, logProb, middle, least, most }: Whole,
  low: Tensor,
  high: Tensor,
): Window => {
  const [all, none, lost] = [tf.scalar(0), tf.scalar(-Infinity), tf.scalar(Number.NaN)];
  // A bound that cuts nothing off has no slope, where 0 times ∞ would be NaN.
  const isOpenLow = greaterEqual(tf.scalar(least), low);
  const isOpenHigh = greaterEqual(high, tf.scalar(most));
  const [a, b] = [choose(isOpenLow, middle, low), choose(isOpenHigh, middle, high)];
  // Which side is taken is seen without slopes: those of a side that is not taken may be infinite.
  const [above, below] = [
    (x: Tensor): Tensor => cutOff(sides.above(x)),
    (x: Tensor): Tensor => cutOff(sides.below(x)),
  ];
  const isRight = less(choose(isOpenLow, all, above(a)), choose(isOpenHigh, all, below(b)));
  const [near, far] = [choose(isRight, a, b), choose(isRight, b, a)];
  const nearIsOpen = choose(isRight, isOpenLow, isOpenHigh);
  const beyond = choose(isRight, above(b), below(a));
  const farIsOpen = choose(
    equal(beyond, none),
    tf.scalar(1),
    choose(isRight, isOpenHigh, isOpenLow),
  );
  const share = (x: Tensor, isOpen: Tensor): Tensor => {
    const at = (side: Tensor): Tensor => choose(tf.mul(side, not(isOpen)), x, middle);
    return choose(isRight, sides.above(at(isRight)), sides.below(at(not(isRight))));
  };
  const larger = choose(nearIsOpen, all, share(near, nearIsOpen));
  const smaller = choose(farIsOpen, none, share(far, farIsOpen));
  const gap = tf.sub(larger, smaller);
  const size = tf.sub(1, larger);
  const isClose = less(gap, tf.minimum(tf.mul(size, NARROW), tf.scalar(WIDEST)));
  const [from, to] = [choose(isClose, a, middle), choose(isClose, b, middle)];
  const width = tf.sub(to, from);
  const at = (place: number): Tensor => tf.add(from, tf.mul(width, place));
  const logs = PLACES.map((place) => logProb(at(place)));
  const [first = all, mid = all, last = all] = logs;
  const change = (x: Tensor): Tensor => tf.abs(tf.sub(x, mid));
  const isSmooth = less(tf.maximum(change(first), change(last)), tf.scalar(SMOOTH));
  const isNarrow = tf.mul(isClose, isSmooth);
  /** Whether shares are known down to these logarithms, and told apart. */
  const isKnown = (ends: Ends): Tensor => {
    const end = choose(isRight, tf.scalar(ends.above), tf.scalar(ends.below));
    const isFound = tf.mul(greater(larger, end), greater(larger, none));
    const isApart = tf.add(isNarrow, greater(gap, tf.mul(size, LOST)));
    return tf.mul(isFound, tf.mul(greater(isApart, all), greater(high, low)));
  };
  const narrowMass = (): Tensor => {
    const bent = [first, last]
      .map((x) => tf.mul(tf.expm1(choose(isNarrow, tf.sub(x, mid), all)), WEIGHT))
      .reduce((x, y) => tf.add(x, y));
    const span = choose(isNarrow, width, tf.scalar(1));
    return tf.add(tf.add(tf.log(span), mid), tf.log1p(bent));
  };
  return {
    logMass: () => {
      const wide = logDiffExp(larger, choose(isNarrow, tf.sub(larger, 1), smaller));
      return choose(isKnown(sides.shares), choose(isNarrow, narrowMass(), wide), lost);
    },
    quantile: (u) => {
      const rest = tf.sub(1, u);
      const log = between(
        larger,
        choose(isNarrow, tf.scalar(1), gap),
        choose(isRight, u, rest),
        choose(isRight, rest, u),
      );
      const lower = sides.fromBelow(choose(isRight, tf.scalar(-1), log));
      const upper = sides.fromAbove(choose(isRight, log, tf.scalar(-1)));
      const slope = choose(isNarrow, tf.sub(logProb(to), logProb(from)), all);
      const close = tf.add(from, tf.mul(width, tilted(u, slope)));
      const wide = choose(isRight, upper, lower);
      return choose(isKnown(sides.quantiles), choose(isNarrow, close, wide), lost);
    },
  };
};
