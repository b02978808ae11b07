/** The mean of an objective over every joint draw of its particles: no statistics. */
import type { Objective } from '../../../bounds/objective.js';
import { type Structure, latentSites } from '../../../bounds/dependence/structure.js';
import type { Trial } from '../../law/inference.js';
import type { DrawnValue } from './drawn-bound.js';
import { type Draw, isSymmetricAt, listedBound } from './listed-bound.js';

/** The most joint draws that are summed over, by what they are computed in. */
const MOST_DRAWS = { double: 4096, single: 64 } as const;

/** The most sets of states; each is looked at in several orders. */
const MOST_SETS = 1024;

/** Joint values of all that a particle draws; infinitely many where a site has not a finite support. */
export const statesOf = ({ guide }: Structure): number =>
  latentSites(guide).reduce((product, { values = Infinity, plates }) => {
    const numbers = plates.reduce((n, p) => n * p.count, 1);
    return product * values ** numbers;
  }, 1);

/** Whether there is no hope of listing the draws, which is seen before anything is made. */
const isHopeless = ({ structure }: Trial, { particles, preferences }: Objective): boolean => {
  if (latentSites(structure.guide).some((s) => s.values === undefined)) return true;
  if (preferences.discrete === 'enumerate') return false;
  const states = statesOf(structure);
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
  const bound = listedBound(trial, objective);
  if (bound === undefined) return undefined;
  const { states, particles, at } = bound;
  const most = MOST_DRAWS[bound.precision];
  const draws = states ** particles;
  if (draws <= most) {
    const drawOf = (number: number): Draw =>
      Array.from({ length: particles }, (_, k) => Math.floor(number / states ** k) % states);
    return total(
      Array.from({ length: draws }, (_, number) => ({ ...at(drawOf(number)), logOrders: 0 })),
    );
  }
  if (most < MOST_SETS || setCount(states, particles) > MOST_SETS) return undefined;
  const sets = setsOf(states, particles);
  return sets.every((set) => isSymmetricAt(bound, set))
    ? total(sets.map((set) => ({ ...at(set), logOrders: logOrders(set) })))
    : undefined;
};
