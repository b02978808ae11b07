/** Many independent copies of a program, side by side: how a mean is taken over draws of any objective. */
import * as tf from '@tensorflow/tfjs';
import { entryOf, mapped } from '../../../dsl/records/dictionary.js';
import type { Objective } from '../../bounds/objective.js';
import { rewrite } from '../../../dsl/program/program.js';
import { type NoiseSource, isSubsample, keyedNoise } from '../../random/noise-source.js';
import type { Params } from '../../interpreters/params.js';
import { foldIn } from '../../random/index.js';
import {
  type AnyProgram,
  type BoundOf,
  type Found,
  type Pair,
  type Trial,
  boundOf,
} from '../law/inference.js';
import { numericBound } from '../law/numeric-bound.js';
import type { Structure } from '../../bounds/dependence/structure.js';
import { mean } from './numbers.js';

/** How many batches a statistical law takes. */
export const BATCHES = 24;

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
  /** Draws in a batch. */
  readonly size: number;
  /** The mean value over batch number `b`, at other parameters where they are given. */
  readonly value: (b: number, params?: Params) => number;
  /** With its gradients. */
  readonly found: (b: number) => Found;
}

/** How many draws a batch has. */
export const batchOf = ({ draws }: Pick<Trial, 'draws'>): number =>
  Math.max(2, Math.ceil(draws / BATCHES));

/** The elements of the plates that hold every site: each is a draw of its own. */
const elementsOf = ({ model, guide }: Structure): number => {
  const [first, ...others] = [...model, ...guide];
  const shared = (first?.plates ?? []).filter((p) =>
    others.every((s) => s.plates.some((q) => q.name === p.name)),
  );
  return shared.reduce((product, { count }) => product * count, 1);
};

/** Draws a batch of an objective that must be taken one draw at a time. */
const FEW = 8;

/** The noise of copy `i` of `copies`, for a run of the program alone. */
const copyOf =
  (all: NoiseSource, particles: number, copies: number, i: number): NoiseSource =>
  (site, block, noise, batch) => {
    if (isSubsample(site, batch)) return all(site, block, noise, batch);
    const at = particles > 1 ? 1 : 0;
    const wide = [...batch.slice(0, at), copies, ...batch.slice(at)];
    return tf.gather(all(site, block, noise, wide), i, at);
  };

/**
 * An objective, a batch of its draws at a time. Bounds are sums over data, so that of many copies is
 * the sum of theirs. Where every site lies in a plate each of its elements is a draw, so that fewer copies
 * make as many. One that is not, as where a penalty counts once, is taken draw by draw instead,
 * fewer of them.
 */
export const batched = (trial: Trial, objective: Objective): Batched => {
  const axis = -1 - trial.structure.depth;
  const noiseOf = (b: number): NoiseSource => keyedNoise(foldIn(trial.key, b));
  const over = (copies: number): Pair => ({
    model: copiesOf(trial.model, copies, axis),
    guide: copiesOf(trial.guide, copies, axis),
    params: trial.params,
  });
  const alone = numericBound(trial, objective);
  const { derivation } = alone;
  const single = (b: number, copies: number, i: number): NoiseSource =>
    copyOf(noiseOf(b), objective.particles, copies, i);
  // What is taken once or twice needs no graph.
  const together = boundOf(over(2), objective).value(noiseOf(0));
  const eager = boundOf(trial, objective);
  const apart = eager.value(single(0, 2, 0)) + eager.value(single(0, 2, 1));
  const isSum = Math.abs(together - apart) <= 10 * trial.tolerance * Math.max(1, Math.abs(apart));
  if (!isSum) {
    const draws = (b: number) => Array.from({ length: FEW }, (_, i) => single(b, FEW, i));
    return {
      derivation,
      size: FEW,
      value: (b, params) => mean(draws(b).map((noise) => alone.value(noise, params))),
      found: (b) => averageOf(draws(b).map((noise) => alone.found(noise))),
    };
  }
  const copies = Math.max(2, Math.ceil(batchOf(trial) / elementsOf(trial.structure)));
  const bound = numericBound(over(copies), objective);
  return {
    derivation,
    size: copies,
    value: (b, params) => bound.value(noiseOf(b), params) / copies,
    found: (b) => scaled(bound.found(noiseOf(b)), 1 / copies),
  };
};

const scaled = ({ value, gradients }: Found, by: number): Found => ({
  value: value * by,
  gradients: mapped(gradients, (xs) => xs.map((x) => x * by)),
});

const averageOf = (all: readonly Found[]): Found => ({
  value: mean(all.map((f) => f.value)),
  gradients: mapped(all[0]?.gradients ?? {}, (xs, name) =>
    xs.map((_, i) => mean(all.map((f) => entryOf(f.gradients, name)?.[i] ?? Number.NaN))),
  ),
});
