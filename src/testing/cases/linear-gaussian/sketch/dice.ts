/** Numbers of a case from its seed, by what they are for: what is added leaves the others as they were. */
import { foldIn, key, permutation, randomUniform } from '../../../../random/index.js';
import type { Matrix, Vector } from '../exact/gaussian.js';

/** Random numbers by purpose. */
export interface Dice {
  /** Uniform from `low` to `high`, in multiples of 1/grain, which float32 holds exactly. */
  readonly between: (purpose: string, low: number, high: number, count: number) => Vector;
  /** The same, none of them 0: at least `least` in absolute value, of either sign. */
  readonly apart: (purpose: string, least: number, most: number, count: number) => Vector;
  /** Whether a coin of this chance shows heads. */
  readonly coin: (purpose: string, chance: number) => boolean;
  /** Uniform from −1 to 1, not rounded. */
  readonly fine: (purpose: string, count: number) => Vector;
  /** 0, …, n − 1 in a random order. */
  readonly order: (purpose: string, n: number) => readonly number[];
}

export const diceOf = (seed: number, grain: number): Dice => {
  const raw = (purpose: string, count: number): readonly number[] => [
    ...randomUniform(foldIn(key(seed), purpose), count),
  ];
  // Without a negative zero.
  const rounded = (x: number): number => Math.round(x * grain) / grain + 0;
  return {
    between: (purpose, low, high, count) =>
      raw(purpose, count).map((u) => rounded(low + (high - low) * u)),
    apart: (purpose, least, most, count) =>
      raw(purpose, count).map((u) => {
        const size = Math.max(1 / grain, rounded(least + (most - least) * Math.abs(2 * u - 1)));
        return u < 0.5 ? -size : size;
      }),
    coin: (purpose, chance) => (raw(purpose, 1)[0] ?? 1) < chance,
    fine: (purpose, count) => raw(purpose, count).map((u) => 2 * u - 1),
    order: (purpose, n) => [...permutation(foldIn(key(seed), purpose), n)],
  };
};

/** Numbers row by row. */
export const matrixOf = (numbers: Vector, rows: number, columns: number): Matrix =>
  Array.from({ length: rows }, (_, i) => numbers.slice(i * columns, (i + 1) * columns));

/** A number of three digits that float32 holds exactly. */
export const short = (x: number): number => Math.fround(Number(x.toPrecision(3)));
