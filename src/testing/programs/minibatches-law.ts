/** The law of minibatches. No statistics. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { entryOf } from '../../../dsl/records/dictionary.js';
import type { Objective } from '../../bounds/objective.js';
import { elbo } from '../../bounds/objectives/elbo.js';
import { keyedNoise } from '../../random/noise-source.js';
import { foldIn, permutation } from '../../random/index.js';
import {
  type AnyProgram,
  type Found,
  type Inference,
  boundOf,
  structureOf,
  trialOf,
} from '../law/inference.js';
import type { LawOptions } from '../law/law-options.js';
import type { Structure } from '../../bounds/dependence/structure.js';
import { type Claim, broken } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { rowsOfPlate } from '../law/noise-views.js';
import type { Params } from '../../interpreters/params.js';
import { expectSameBound } from '../law/expect-same-bound.js';

/** A model and its guide as functions of the rows that they visit. */
export interface RowsInference extends LawOptions {
  /** The model of some rows, `[count]` int32: they are its plate's `indices`, and its data's. */
  readonly model: (rows: Tensor) => AnyProgram;
  readonly guide: (rows: Tensor) => AnyProgram;
  /** How many rows there are. */
  readonly size: number;
  /** The plate that the rows are of; any of `size` elements where left out. */
  readonly plate?: string;
  /** The same inference without rows, which that of all rows must be. */
  readonly whole?: Pick<Inference, 'model' | 'guide'>;
  readonly params?: Params;
  readonly objective?: Objective;
}

/** The plates of a run, each with how it is told in a message. */
const platesIn = ({ model, guide }: Structure): readonly string[] => {
  const told = [...model, ...guide].flatMap((s) =>
    s.plates.map(
      (p) => `plate '${p.name}' of size ${p.size}, which visits ${p.count} where it is given 1`,
    ),
  );
  return [...new Set(told)];
};

/** The sites in a plate of `size` elements, which visits the row that it was given, with its axis. */
const localSites = (
  claim: Claim,
  part: Structure,
  size: number,
  plate: string | undefined,
): ReadonlyMap<string, number> => {
  const all = [...part.model, ...part.guide];
  const local = all.flatMap((s) => {
    const found = s.plates.find(
      (p) => p.size === size && p.count === 1 && (plate === undefined || p.name === plate),
    );
    return found === undefined ? [] : [[s.name, found.axis] as const];
  });
  if (local.length > 0) return new Map(local);
  const named = plate === undefined ? 'a plate' : `plate '${plate}'`;
  return broken(
    claim,
    `${named} of ${size} elements that visits the rows that it is given, as its indices`,
    platesIn(part).slice(0, 3).join(', ') || 'no plate',
  );
};

const weighted = (runs: readonly (readonly [Found, number])[]): Found => ({
  value: runs.reduce((sum, [f, w]) => sum + w * f.value, 0),
  gradients: Object.fromEntries(
    Object.keys(runs[0]?.[0].gradients ?? {}).map((name) => [
      name,
      (entryOf(runs[0]?.[0].gradients ?? {}, name) ?? []).map((_, i) =>
        runs.reduce((sum, [f, w]) => sum + w * (entryOf(f.gradients, name)?.[i] ?? Number.NaN), 0),
      ),
    ]),
  ),
});

/** `rows` cut into pieces of `width`; the last may be shorter. */
const pieces = (rows: readonly number[], width: number): readonly (readonly number[])[] =>
  Array.from({ length: Math.ceil(rows.length / width) }, (_, i) =>
    rows.slice(i * width, (i + 1) * width),
  );

/**
 * Checks that the bounds of minibatches average to that of all data, and so do their gradients: over
 * partitions into single rows, into pairs and into halves, in a random order, the noise of each row the
 * same throughout. A batch of m of N rows counts m/N. Where the inference is given as a `whole` as well,
 * that of all rows must be the same.
 *
 * It finds scales that are forgotten, applied twice or put inside a logarithm, and programs in which
 * rows depend on each other: a batch mean, a batch norm. With single rows it is "a plate is a loop" for
 * programs that read their data by rows. No statistics.
 *
 * - Errors: a broken law, and so are rows that no plate of `size` visits; a `LawNotApplicable` for one row.
 *
 * @example
 * ```ts
 * const data = tf.tensor1d([1, 2, 4, 8]);
 * const model = (rows: Tensor) =>
 *   plate(
 *     'data',
 *     { size: 4, indices: rows },
 *     program(function* () {
 *       const z = yield* sample('z', normal(0, 1));
 *       yield* observe('x', normal(z, 1), tf.gather(data, rows));
 *     }),
 *   );
 * const guide = (centre: (x: Tensor) => Tensor) => (rows: Tensor) =>
 *   plate('data', { size: 4, indices: rows }, sample('z', normal(centre(tf.gather(data, rows)), 1)));
 * checkMinibatches({ model, guide: guide((x) => x), size: 4 });
 * // One row's law depends on which others are there.
 * const pooled = guide((x) => tf.sub(x, tf.mean(x)));
 * E.isLeft(E.tryCatch(() => checkMinibatches({ model, guide: pooled, size: 4 }), String)); // true
 * ```
 */
export const checkMinibatches = (law: RowsInference): void =>
  tf.tidy(() => {
    const { model, guide, size, plate, objective = elbo() } = law;
    if (size < 2) {
      throw new LawNotApplicable('checkMinibatches', 'two rows or more', String(size));
    }
    const every = Array.from({ length: size }, (_, i) => i);
    const rowsTensor = (rows: readonly number[]): Tensor => tf.tensor1d([...rows], 'int32');
    const whole = rowsTensor(every);
    const trial = trialOf({ ...law, model: model(whole), guide: guide(whole) });
    const claim = trial.claim('minibatches average to the full bound');
    const noise = keyedNoise(trial.key);
    const one = rowsTensor([0]);
    const part = structureOf({ model: model(one), guide: guide(one), params: trial.params });
    const axes = localSites(claim, part, size, plate);
    const over = (rows: readonly number[]): Found => {
      const at = rowsTensor(rows);
      const pair = { model: model(at), guide: guide(at), params: trial.params };
      return boundOf(pair, objective).found(rowsOfPlate(noise, axes, size, at));
    };
    const full = over(every);
    if (law.whole !== undefined) {
      const given = boundOf({ ...law.whole, params: trial.params }, objective).found(noise);
      expectSameBound(claim, 'of all rows', full, given, trial.tolerance);
    }
    const order = [...permutation(foldIn(trial.key, 'rows'), size)];
    const widths = [...new Set([1, 2, Math.ceil(size / 2)])].filter((w) => w < size);
    for (const width of widths) {
      const batches = pieces(order, width).map((rows) => [over(rows), rows.length / size] as const);
      const what = `averaged over batches of ${width}`;
      expectSameBound(claim, what, weighted(batches), full, trial.tolerance);
    }
  });
