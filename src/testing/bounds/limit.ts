/** What a bound tends to as its number of particles goes to infinity. */
import type { Objective } from '../../bounds/objective.js';
import type { Trial } from '../law/inference.js';
import {
  type Draw,
  type ListedBound,
  isSymmetricAt,
  listedBound,
} from './joint-draws/listed-bound.js';

/** Numbers of particles among which the one is taken that comes closest to the guide's chances. */
const [LEAST, MOST] = [1024, 2048];

/** The chance of each state of one particle. */
const chancesOf = ({ states, particles, at }: ListedBound): readonly number[] => {
  const alike = (state: number): Draw => Array.from({ length: particles }, () => state);
  return Array.from({ length: states }, (_, s) => Math.exp(at(alike(s)).logChance / particles));
};

/** How many of K particles are in each state; one at least. */
const countsOf = (chances: readonly number[], particles: number): readonly number[] => {
  const counts = chances.map((p) => Math.max(1, Math.round(p * particles)));
  const likeliest = chances.indexOf(Math.max(...chances));
  const left = particles - counts.reduce((a, b) => a + b, 0);
  return counts.map((n, s) => (s === likeliest ? n + left : n));
};

/** The largest relative error of the shares of the states. */
const errorOf = (chances: readonly number[], particles: number): number => {
  const counts = countsOf(chances, particles);
  return Math.max(...chances.map((p, s) => Math.abs((counts[s] ?? 0) / particles / p - 1)));
};

/**
 * The value of an objective of very many particles, whose states are as frequent as the guide has them: by
 * the law of large numbers what the mean of a bound tends to that is a continuous function of its weights'
 * frequencies. Nothing where the draws cannot be listed, where the order of particles matters, or where a
 * state is too rare to be among so many.
 *
 * `few` is the objective of few particles, from which the chances are taken.
 */
export const limitOf = (
  trial: Trial,
  few: Objective,
  at: (particles: number) => Objective,
): number | undefined => {
  const listed = listedBound(trial, few);
  if (listed === undefined) return undefined;
  // Where nothing is drawn all numbers of particles are alike.
  if (listed.states === 1) return listed.at(Array.from({ length: few.particles }, () => 0)).value;
  const chances = chancesOf(listed);
  const tried = Array.from({ length: MOST - LEAST + 1 }, (_, i) => LEAST + i);
  const errors = tried.map((k) => errorOf(chances, k));
  const least = Math.min(...errors);
  if (!(least < 0.05)) return undefined;
  const particles = LEAST + errors.indexOf(least);
  const bound = listedBound(trial, at(particles));
  if (bound === undefined) return undefined;
  const counts = countsOf(chances, particles);
  const draw = counts.flatMap((n, state) => Array.from({ length: n }, () => state));
  return isSymmetricAt(bound, draw) ? bound.at(draw).value : undefined;
};
