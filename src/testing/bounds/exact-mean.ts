/** The mean of an objective over every joint draw of its particles: no statistics. */
import { sizeOf } from '../../../dsl/shape.js';
import type { Objective } from '../../bounds/objective.js';
import type { NoiseInput } from '../../inference/compiled/noisy-graph.js';
import { latentSites } from '../../bounds/structure.js';
import { noiseOwner } from '../../noise-source.js';
import type { Trial } from '../law/inference.js';
import { type DrawnBound, type DrawnValue, drawnBound } from './drawn-bound.js';

/** States of the particles of one joint draw, a number each. */
type Draw = readonly number[];

/** The most joint draws that are summed over, by what they are computed in. */
const MOST_DRAWS = { double: 4096, single: 64 } as const;

/** The most sets of states; each is looked at in several orders. */
const MOST_SETS = 1024;

/** A number that a particle draws: where it stands among the noise, and what it may be. */
interface Digit {
  readonly input: string;
  /** Where it stands for a particle. */
  readonly at: (particle: number) => number;
  readonly values: readonly (readonly number[])[];
}

/** The numbers that each particle draws, or nothing where one has no list of values. */
const digitsOf = (bound: DrawnBound, particles: number): readonly Digit[] | undefined => {
  const digits = bound.valueNoises.map((noise) => digitsIn(bound, noise, particles));
  return digits.every((d) => d !== undefined) ? digits.flat() : undefined;
};

const digitsIn = (
  { given }: DrawnBound,
  { input, site, noise, batch }: NoiseInput,
  particles: number,
): readonly Digit[] | undefined => {
  const { kind, name } = noiseOwner(site);
  const listed = given.get(name);
  if (kind !== 'site' || listed === undefined) return undefined;
  const width = sizeOf(noise.shape);
  const each = sizeOf(batch) / particles;
  return Array.from({ length: each }, (_, i) => ({
    input,
    at: (particle) => (particle * each + i) * width,
    values: listed.values,
  }));
};

/** The number of a value for each digit of a state. */
const valuesAt = (digits: readonly Digit[], state: number): readonly (readonly number[])[] => {
  let rest = state;
  return digits.map(({ values }) => {
    const digit = rest % values.length;
    rest = Math.floor(rest / values.length);
    return values[digit] ?? [];
  });
};

/** Whether there is no hope of listing the draws, which is seen before anything is made. */
const isHopeless = ({ structure }: Trial, { particles, preferences }: Objective): boolean => {
  const sites = latentSites(structure.guide);
  if (sites.some((s) => s.values === undefined)) return true;
  if (preferences.discrete === 'enumerate') return false;
  const states = sites.reduce((product, { values = 1, plates }) => {
    const numbers = plates.reduce((n, p) => n * p.count, 1);
    return product * values ** numbers;
  }, 1);
  return states ** particles > MOST_DRAWS.double && setCount(states, particles) > MOST_SETS;
};

/** Sets of `size` states in falling order, by number. */
const setsOf = (states: number, size: number): readonly Draw[] =>
  size === 0
    ? [[]]
    : setsOf(states, size - 1).flatMap((set) =>
        Array.from({ length: (set.at(-1) ?? states - 1) + 1 }, (_, s) => [...set, s]),
      );

/** How many sets there are. */
const setCount = (states: number, size: number): number => {
  let count = 1;
  for (let i = 1; i < states; i += 1) count = (count * (size + i)) / i;
  return count;
};

/** The log of in how many orders a set can be drawn. */
const logOrders = (set: Draw): number => {
  let [log, run] = [0, 0];
  set.forEach((s, i) => {
    run = s === set[i - 1] ? run + 1 : 1;
    log += Math.log(i + 1) - Math.log(run);
  });
  return log;
};

/** Other orders of a draw, in which what belongs together by its place is apart. */
const rearranged = (draw: Draw): readonly Draw[] => {
  const half = Math.ceil(draw.length / 2);
  const dealt = draw.slice(0, half).flatMap((s, i) => [s, ...draw.slice(half + i, half + i + 1)]);
  return [draw.toReversed(), dealt, [...draw.slice(1), ...draw.slice(0, 1)]];
};

const isClose = (a: number, b: number): boolean =>
  a === b || Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(a), Math.abs(b));

/** Σ chance · value; what has no chance has no part, be its value infinite. */
const total = (terms: readonly (DrawnValue & { readonly logOrders: number })[]): number =>
  terms.reduce((sum, { value, logChance, logOrders: log }) => {
    const chance = Math.exp(logChance + log);
    return chance > 0 ? sum + chance * value : sum;
  }, 0);

/**
 * E[value] of an objective over all joint draws of its particles, in nats.
 *
 * All of them are listed where there are at most 4,096. Of more, those that differ in the order of
 * particles alone are listed once, if the value is seen not to depend on their order, which is looked at
 * for every set of states: so K may be large. Nothing where a site that is drawn has not a finite support,
 * where there are too many draws, or where the objective draws something of its own.
 */
export const exactMean = (trial: Trial, objective: Objective): number | undefined => {
  if (isHopeless(trial, objective)) return undefined;
  const { particles } = objective;
  const bound = drawnBound(trial, objective);
  const digits = digitsOf(bound, particles);
  if (digits === undefined) return undefined;
  const states = digits.reduce((product, d) => product * d.values.length, 1);
  const noise = new Map(
    bound.valueNoises.map(({ input, noise: law, batch }) => [
      input,
      new Float64Array(sizeOf([...batch, ...law.shape])),
    ]),
  );
  const named = Object.fromEntries(noise);
  const at = (draw: Draw): DrawnValue => {
    draw.forEach((state, particle) =>
      valuesAt(digits, state).forEach((value, i) => {
        const digit = digits[i];
        if (digit !== undefined) noise.get(digit.input)?.set(value, digit.at(particle));
      }),
    );
    return bound.value(bound.params, named);
  };
  const most = MOST_DRAWS[bound.precision('value')];
  const draws = states ** particles;
  if (draws <= most) {
    return total(
      Array.from({ length: draws }, (_, number) => ({
        ...at(
          Array.from({ length: particles }, (__, k) => Math.floor(number / states ** k) % states),
        ),
        logOrders: 0,
      })),
    );
  }
  if (most < MOST_SETS || setCount(states, particles) > MOST_SETS) return undefined;
  const terms = setsOf(states, particles).map((set) => ({
    set,
    ...at(set),
    logOrders: logOrders(set),
  }));
  const isSymmetric = terms.every(({ set, value }) =>
    rearranged(set).every((order) => isClose(at(order).value, value)),
  );
  return isSymmetric ? total(terms) : undefined;
};
