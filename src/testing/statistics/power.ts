/** What the sequential test of means finds: how far a mean must be off. */
import { erf } from '../../compile/javascript/erf.js';
import { type SequentialOptions, logEvidenceAgainst } from './sequential.js';

/** P(Z < x), Z standard normal. */
const normalBelow = (x: number): number => (1 + erf(x * Math.SQRT1_2)) / 2;

/** Where an increasing function of positive numbers reaches `goal`; infinite where it never does. */
const solved = (f: (x: number) => number, goal: number): number => {
  let [low, high] = [0, 1];
  while (f(high) < goal) {
    if (high > 1e9) return Infinity;
    [low, high] = [high, 2 * high];
  }
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (f(middle) < goal) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/** Points of the integral over the standard deviation that is found. */
const POINTS = 400;

/**
 * P(T > t) for T = (Z + shift) / S, where S² is χ² with `dof` degrees of freedom over `dof`: the
 * noncentral law of Student's t, by the trapezoidal rule in S, whose integrand vanishes at both ends.
 */
const studentAbove = (t: number, shift: number, dof: number): number => {
  const width = 8 / Math.sqrt(2 * dof);
  const [from, to] = [Math.max(1e-9, 1 - width), 1 + width];
  let [mass, above] = [0, 0];
  for (let i = 0; i <= POINTS; i += 1) {
    const s = from + ((to - from) * i) / POINTS;
    // The density of S but for its constant, 1 at its peak.
    const weight = Math.exp((dof - 1) * Math.log(s) - (dof * (s * s - 1)) / 2);
    mass += weight;
    above += weight * normalBelow(shift - t * s);
  }
  return above / mass;
};

/** How a test of means is run, and how surely it is to find something. */
export interface PowerOptions extends SequentialOptions {
  /** The chance of finding it, 0.9 where left out. */
  readonly power?: number;
}

/**
 * How far the mean of the observations of `testMeans` must lie beyond what is claimed of it, in standard
 * deviations of one observation, to be found with a chance of `power` at least. `falseAlarm` is that of
 * one claim.
 *
 * The chance is that of the last look alone, P(T > t) with t where the evidence reaches 1 / `falseAlarm`
 * and T noncentral Student. Earlier looks add to it: by simulation the true chance of the shift that has
 * 0.9 at the last look is 0.90 to 0.93.
 *
 * - Edges: Infinity where the batches are too few to find anything at that false alarm.
 *
 * @example
 * ```ts
 * const shift = smallestShift({ falseAlarm: 1e-6, batches: 24 });
 * shift; // 2.11074
 * shift * Math.sqrt(24); // 10.3405
 * ```
 */
export const smallestShift = ({ falseAlarm, batches, power = 0.9 }: PowerOptions): number => {
  const root = Math.sqrt(batches);
  const t = solved((x) => logEvidenceAgainst(batches, x / root, 1), -Math.log(falseAlarm));
  if (t === Infinity) return Infinity;
  return solved((shift) => studentAbove(t, shift * root, batches - 1), power);
};
