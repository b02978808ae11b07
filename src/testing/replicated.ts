/** Many independent copies of a program, side by side: how a mean is taken over draws of any objective. */
import type { Objective } from '../bounds/objective.js';
import { rewrite } from '../../dsl/program/program.js';
import { keyedNoise } from '../noise-source.js';
import { foldIn } from '../random/index.js';
import { type AnyProgram, type BoundOf, type Found, type Trial, boundOf } from './inference.js';

/** How many batches a statistical law takes. */
export const BATCHES = 40;

/**
 * A program inside one more plate, the outermost, along an axis that it does not use. Parameters stay
 * outside: the copies share them, and a bound is the sum over copies.
 */
const copiesOf = (inner: AnyProgram, copies: number, axis: number): AnyProgram =>
  rewrite(inner, () => ({
    each: (i) =>
      i.op === 'param' || i.op === 'subsample'
        ? i
        : {
            ...i,
            plates: [
              { name: 'copies of the program', size: copies, count: copies, axis },
              ...i.plates,
            ],
          },
  }));

/** The mean of an objective over batches of independent draws. */
export interface Batched {
  readonly derivation: BoundOf['derivation'];
  /** The mean value over batch number `b`. */
  readonly value: (b: number) => number;
  /** With its gradients. */
  readonly found: (b: number) => Found;
}

/** How many draws a batch has. */
export const batchOf = ({ draws }: Pick<Trial, 'draws'>): number =>
  Math.max(2, Math.ceil(draws / BATCHES));

/** An objective, a batch of its draws at a time. */
export const batched = (trial: Trial, objective: Objective): Batched => {
  const copies = batchOf(trial);
  const axis = -1 - trial.structure.depth;
  const bound = boundOf(
    {
      model: copiesOf(trial.model, copies, axis),
      guide: copiesOf(trial.guide, copies, axis),
      params: trial.params,
    },
    objective,
  );
  const noise = (b: number) => keyedNoise(foldIn(trial.key, b));
  return {
    derivation: bound.derivation,
    value: (b) => bound.value(noise(b)) / copies,
    found: (b) => {
      const { value, gradients } = bound.found(noise(b));
      return {
        value: value / copies,
        gradients: Object.fromEntries(
          Object.entries(gradients).map(([name, xs]) => [name, xs.map((x) => x / copies)]),
        ),
      };
    },
  };
};
