/** The von Mises law about 0 in double precision, for host code. */
import { integral } from './quadrature.js';

/** What falls below e^−this of the largest is left out. */
const NEGLIGIBLE = 42;

/** cos t − 1, which does not cancel near 0. */
const drop = (t: number): number => -2 * Math.sin(t / 2) ** 2;

/** ∫ f(t) e^(k (cos t − 1)) from `low` to `high` within [0, π], where it falls: to where it is negligible. */
const falling = (f: (t: number) => number, k: number, low: number, high: number): number => {
  const most = -NEGLIGIBLE / k + drop(low);
  const end = most <= -2 ? Math.PI : 2 * Math.asin(Math.sqrt(-most / 2));
  return integral((t) => f(t) * Math.exp(k * drop(t)), low, Math.min(high, end));
};

/** ∫ of a function of the distance from the nearest peak, over [from, to], piece by piece between peaks and troughs. */
const around = (f: (t: number) => number, k: number, from: number, to: number): number => {
  let sum = 0;
  for (let n = Math.floor(from / Math.PI); n * Math.PI < to; n += 1) {
    const start = Math.max(from, n * Math.PI);
    const end = Math.min(to, (n + 1) * Math.PI);
    // Even stretches fall from a peak, odd ones rise to one.
    const [low, high] =
      n % 2 === 0
        ? [start - n * Math.PI, end - n * Math.PI]
        : [(n + 1) * Math.PI - end, (n + 1) * Math.PI - start];
    if (high > low) sum += falling(f, k, low, high);
  }
  return sum;
};

const one = (): number => 1;

/** ∫ e^(k (cos t − 1)) dt over the circle. */
const whole = (k: number): number => 2 * falling(one, k, 0, Math.PI);

/**
 * How much of a von Mises law about 0 with concentration k lies from one angle to another, at most a turn further:
 * small shares are right relative to themselves.
 */
export const vonMisesShare = (from: number, to: number, k: number): number =>
  k >= 0 && to >= from ? around(one, k, from, to) / whole(k) : Number.NaN;

/** Its slope in k: the mean of cos t on the circle taken off cos t, over the stretch. */
export const vonMisesSlope = (from: number, to: number, k: number): number => {
  if (!(k >= 0 && to >= from)) return Number.NaN;
  const total = whole(k);
  const fromPeak = (2 * falling(drop, k, 0, Math.PI)) / total;
  return around((t) => drop(t) - fromPeak, k, from, to) / total;
};

const MOST_STEPS = 100;

/** Where a law that is nearly normal has its quantile, or one that is nearly even. */
const startOf = (u: number, from: number, k: number): number => {
  const even = from + 2 * Math.PI * u;
  const peak = 2 * Math.PI * Math.ceil(from / (2 * Math.PI));
  const near = peak + Math.log(u / (1 - u)) / (1.7 * Math.sqrt(k));
  return k > 1 && near > from && near < from + 2 * Math.PI ? near : even;
};

/**
 * The angle within a turn from `from` on with a share u of the law before it: Newton's method, halving where it would
 * leave what is known, and from the other end beyond a half.
 */
export const vonMisesQuantile = (u: number, from: number, k: number): number => {
  if (!(u >= 0 && u <= 1 && k >= 0)) return Number.NaN;
  const turn = from + 2 * Math.PI;
  if (u === 0) return from;
  if (u === 1) return turn;
  const isFar = u > 0.5;
  const wanted = whole(k) * (isFar ? 1 - u : u);
  let [low, high] = [from, turn];
  let t = startOf(u, from, k);
  for (let i = 0; i < MOST_STEPS; i += 1) {
    const missing = isFar ? around(one, k, t, turn) - wanted : wanted - around(one, k, from, t);
    if (missing > 0) low = t;
    else high = t;
    const next = t + missing / Math.exp(k * drop(t));
    const step = next >= low && next <= high ? next : (low + high) / 2;
    const moved = Math.abs(step - t);
    t = step;
    // The error after a step of Newton's is its square.
    if (moved * Math.sqrt(k + 1) < 1e-7 || moved < 1e-15) return t;
  }
  return t;
};
