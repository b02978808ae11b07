/** Laws of plates: loops, minibatches and independence. No statistics. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import type { Objective } from '../bounds/objective.js';
import { elbo } from '../bounds/objectives/elbo.js';
import { type PlateStructure, latentSites } from '../bounds/structure.js';
import { single } from '../interpreters/layout.js';
import { type SampleRecord, samplesOf } from '../interpreters/record.js';
import { runProgram } from '../interpreters/run.js';
import { overPlates, siteLogProb } from '../interpreters/score-record.js';
import { knownParameter } from '../inference/svi-checks.js';
import { type NoiseSource, keyedNoise } from '../noise-source.js';
import { foldIn, permutation } from '../random/index.js';
import {
  type AnyProgram,
  type Found,
  type Inference,
  type LawOptions,
  type Trial,
  boundOf,
  paramsOf,
  structureOf,
  trialOf,
} from './inference.js';
import { broken, expectAllClose, expectClose } from './law.js';
import { LawNotApplicable } from './not-applicable.js';
import { rowsOfPlate } from './noise-views.js';
import type { Params } from '../params.js';

/** A model and its guide as functions of the rows that they visit. */
export interface RowsInference extends LawOptions {
  /** The model of some rows, `[count]` int32: they are its plate's `indices`, and its data's. */
  readonly model: (rows: Tensor) => AnyProgram;
  readonly guide: (rows: Tensor) => AnyProgram;
  /** How many rows there are. */
  readonly size: number;
  readonly params?: Params;
  readonly objective?: Objective;
}

/** The sites that a plate of these sizes holds, with its axis. */
const localSites = (
  trial: Trial,
  part: ReturnType<typeof structureOf>,
  size: number,
): ReadonlyMap<string, number> => {
  const all = [...part.model, ...part.guide];
  const local = all.flatMap((s) => {
    const plate = s.plates.find((p) => p.size === size && p.count === 1);
    return plate === undefined ? [] : [[s.name, plate.axis] as const];
  });
  if (local.length > 0) return new Map(local);
  throw new LawNotApplicable(
    'checkMinibatches',
    `a plate of ${size} elements that visits the rows it is given, as its indices`,
    `none in ${trial.claim('minibatches average to the full bound').of}`,
  );
};

const weighted = (runs: readonly (readonly [Found, number])[]): Found => ({
  value: runs.reduce((sum, [f, w]) => sum + w * f.value, 0),
  gradients: Object.fromEntries(
    Object.keys(runs[0]?.[0].gradients ?? {}).map((name) => [
      name,
      (runs[0]?.[0].gradients[name] ?? []).map((_, i) =>
        runs.reduce((sum, [f, w]) => sum + w * (f.gradients[name]?.[i] ?? Number.NaN), 0),
      ),
    ]),
  ),
});

/** Compares two bounds with their gradients; rounding grows with the largest of each. */
export const expectSameBound = (
  claim: ReturnType<Trial['claim']>,
  what: string,
  received: Found,
  expected: Found,
  tolerance: number,
): void => {
  const absolute = tolerance * Math.max(1, Math.abs(expected.value));
  expectClose(claim, `the bound ${what}`, received.value, expected.value, {
    absolute,
    relative: 0,
  });
  for (const [name, xs] of Object.entries(expected.gradients)) {
    const size = Math.max(1, Math.abs(expected.value) / 10, ...xs.map(Math.abs));
    const slack = { absolute: tolerance * size, relative: 0 };
    const found = received.gradients[name];
    if (found === undefined) continue;
    expectAllClose(claim, `gradients of '${name}' ${what}`, found, xs, slack);
  }
};

/** `rows` cut into pieces of `width`; the last may be shorter. */
const pieces = (rows: readonly number[], width: number): readonly (readonly number[])[] =>
  Array.from({ length: Math.ceil(rows.length / width) }, (_, i) =>
    rows.slice(i * width, (i + 1) * width),
  );

/**
 * Checks that the bounds of minibatches average to that of all data, and so do their gradients: over
 * partitions into single rows, into pairs and into halves, in a random order, the noise of each row the
 * same throughout. A batch of m of N rows counts m/N.
 *
 * It finds scales that are forgotten, applied twice or put inside a logarithm, and programs in which
 * rows depend on each other: a batch mean, a batch norm. With single rows it is "a plate is a loop" for
 * programs that read their data by rows. No statistics.
 *
 * - Errors: a broken law; a `LawNotApplicable` where no plate of `size` visits the rows it is given.
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
 * const guide = (rows: Tensor) =>
 *   plate('data', { size: 4, indices: rows }, sample('z', normal(tf.gather(data, rows), 1)));
 * checkMinibatches({ model, guide, size: 4 });
 * ```
 */
export const checkMinibatches = (law: RowsInference): void =>
  tf.tidy(() => {
    const { model, guide, size, objective = elbo() } = law;
    const every = Array.from({ length: size }, (_, i) => i);
    const rowsTensor = (rows: readonly number[]): Tensor => tf.tensor1d([...rows], 'int32');
    const whole = rowsTensor(every);
    const trial = trialOf({ ...law, model: model(whole), guide: guide(whole) });
    const claim = trial.claim('minibatches average to the full bound');
    const noise = keyedNoise(trial.key);
    const one = rowsTensor([0]);
    const part = structureOf({ model: model(one), guide: guide(one), params: trial.params });
    const axes = localSites(trial, part, size);
    const over = (rows: readonly number[]): Found => {
      const at = rowsTensor(rows);
      const pair = { model: model(at), guide: guide(at), params: trial.params };
      return boundOf(pair, objective).found(rowsOfPlate(noise, axes, size, at));
    };
    const full = over(every);
    const order = [...permutation(foldIn(trial.key, 'rows'), size)];
    const widths = [...new Set([1, 2, Math.ceil(size / 2)])].filter((w) => w < size);
    for (const width of widths) {
      const batches = pieces(order, width).map((rows) => [over(rows), rows.length / size] as const);
      const what = `averaged over batches of ${width}`;
      expectSameBound(claim, what, weighted(batches), full, trial.tolerance);
    }
  });

/** Two ways to write one inference, one with a plate and one with a loop. */
export interface PlateAndLoop extends LawOptions {
  readonly plated: Pick<Inference, 'model' | 'guide'>;
  readonly looped: Pick<Inference, 'model' | 'guide'>;
  /** The plate that is a loop in the other. */
  readonly plate: string;
  /** What the loop calls element `i` of a site; `z[3]` for element 3 of z where left out. */
  readonly nameOf?: (site: string, i: number) => string;
  readonly params?: Params;
  readonly objective?: Objective;
}

/**
 * Checks that a plate gives the bound of a loop over its elements, and the same gradients for the
 * parameters of one name and shape in both. The loop's draws are the plate's, element for element.
 *
 * - Errors: a broken law; a `LawNotApplicable` where no site lies in the plate.
 *
 * @example
 * ```ts
 * const each = () => normal(0, 1);
 * const loop = program(function* () {
 *   yield* sample('z[0]', each());
 *   yield* sample('z[1]', each());
 * });
 * const plates = plate('data', 2, sample('z', each()));
 * checkPlateIsLoop({
 *   plated: { model: plates, guide: plates },
 *   looped: { model: loop, guide: loop },
 *   plate: 'data',
 * });
 * ```
 */
export const checkPlateIsLoop = (law: PlateAndLoop): void =>
  tf.tidy(() => {
    const { plated, looped, nameOf = (site, i) => `${site}[${i}]`, objective = elbo() } = law;
    const trial = trialOf({ ...law, ...plated });
    const sites = latentSites(trial.structure.guide).flatMap((s) => {
      const at = s.plates.find((p) => p.name === law.plate);
      return at === undefined ? [] : [{ name: s.name, plate: at }];
    });
    if (sites.length === 0) {
      const expected = `a latent site in plate '${law.plate}'`;
      throw new LawNotApplicable('checkPlateIsLoop', expected, 'none');
    }
    const element = new Map(
      sites.flatMap(({ name, plate }) =>
        Array.from(
          { length: plate.count },
          (_, i) => [nameOf(name, i), { name, plate, i }] as const,
        ),
      ),
    );
    const all = keyedNoise(trial.key);
    const unrolled: NoiseSource = (site, block, noise, batch) => {
      const from = element.get(site);
      if (from === undefined) return all(site, block, noise, batch);
      const { name, plate, i } = from;
      // The loop's sites lack the plate's axis.
      const at = batch.length + plate.axis + 1;
      const wide = [...batch.slice(0, at), plate.count, ...batch.slice(at)];
      return tf.squeeze(
        tf.slice(
          all(name, block, noise, wide),
          wide.map((_, d) => (d === at ? i : 0)),
          wide.map((n, d) => (d === at ? 1 : n)),
        ),
        [at],
      );
    };
    const expected = boundOf(trial, objective).found(all);
    const params = paramsOf(looped.model, looped.guide, law.params);
    const found = boundOf({ ...looped, params }, objective).found(unrolled);
    const shared = Object.entries(expected.gradients).filter(
      ([name, xs]) => found.gradients[name]?.length === xs.length,
    );
    const same = { value: expected.value, gradients: Object.fromEntries(shared) };
    const claim = trial.claim('a plate is a loop');
    expectSameBound(claim, 'of the loop', found, same, trial.tolerance);
  });

/** The log densities of the sites in a plate, `[...left, count, ...right]` each. */
const termsIn = (
  { model, guide, params }: Trial,
  plate: PlateStructure,
  noise: NoiseSource,
  fixed: ReadonlyMap<string, SampleRecord>,
) => {
  const parameter = knownParameter(params);
  const guideRun = runProgram(guide, {
    noise,
    parameter,
    layout: single,
    choose: (i, plates) => {
      const value = plates.some((p) => p.name === plate.name) ? undefined : fixed.get(i.name);
      return value === undefined ? { from: 'noise' } : { from: 'value', value: value.value };
    },
  });
  const drawn = samplesOf(guideRun.records);
  const modelRun = runProgram(model, {
    noise,
    parameter,
    layout: single,
    choose: (i) => {
      const q = drawn.get(i.name);
      return q === undefined ? { from: 'noise' } : { from: 'value', value: q.value };
    },
  });
  const sides = [
    ['model', modelRun.records],
    ['guide', guideRun.records],
  ] as const;
  const terms = sides.flatMap(([side, records]) =>
    records.flatMap((r) => {
      if (r.kind !== 'sample' && r.kind !== 'factor') return [];
      if (!r.plates.some((p) => p.name === plate.name)) return [];
      const term = overPlates(r, siteLogProb(r), single);
      return [{ name: `'${r.name}' in the ${side}`, term }];
    }),
  );
  return { terms, drawn };
};

/** A tensor without element 0 along a plate's axis. */
const withoutFirst = (x: Tensor, axis: number): readonly number[] => {
  const at = x.rank + axis;
  const rest = x.shape.map((n, d) => (d === at ? n - 1 : n));
  return [
    ...tf
      .slice(
        x,
        x.shape.map((_, d) => (d === at ? 1 : 0)),
        rest,
      )
      .dataSync(),
  ];
};

/**
 * Checks that the elements of a plate are independent given what lies outside it: when the draws of
 * element 0 change, no term of another element does, in model and guide. Every plate of two or more
 * elements is looked at.
 *
 * The engine relies on it, for weights and learning signals of each element alone, and nothing else
 * finds out. It breaks where latent values are pooled inside a plate. No statistics.
 *
 * - Errors: a broken law, which names the site and the plate.
 *
 * @example
 * ```ts
 * const draws = plate('data', 3, sample('z', normal(0, 1)));
 * checkPlateElements({ model: draws, guide: draws });
 * ```
 */
export const checkPlateElements = (inference: Inference): void =>
  tf.tidy(() => {
    const trial = trialOf(inference);
    const claim = trial.claim('elements of a plate are independent');
    const guide = latentSites(trial.structure.guide);
    const plates = new Map(guide.flatMap((s) => s.plates.map((p) => [p.name, p] as const)));
    const first = keyedNoise(trial.key);
    const second = keyedNoise(foldIn(trial.key, 'other'));
    for (const plate of plates.values()) {
      if (plate.count < 2) continue;
      const local = new Set(
        guide.filter((s) => s.plates.some((p) => p.name === plate.name)).map((s) => s.name),
      );
      const mixed: NoiseSource = (site, block, noise, batch) => {
        const before = first(site, block, noise, batch);
        if (!local.has(site)) return before;
        const after = second(site, block, noise, batch);
        const at = batch.length + plate.axis;
        const start = batch.map((_, d) => (d === at ? 1 : 0));
        const rest = batch.map((n, d) => (d === at ? n - 1 : n));
        const one = batch.map((n, d) => (d === at ? 1 : n));
        const origin = batch.map(() => 0);
        const tail = [...noise.shape];
        const zeros = tail.map(() => 0);
        return tf.concat(
          [
            tf.slice(after, [...origin, ...zeros], [...one, ...tail]),
            tf.slice(before, [...start, ...zeros], [...rest, ...tail]),
          ],
          at,
        );
      };
      const before = termsIn(trial, plate, first, new Map());
      const after = termsIn(trial, plate, mixed, before.drawn);
      before.terms.forEach(({ name, term }, i) => {
        const expected = withoutFirst(term, plate.axis);
        const other = after.terms[i];
        const received = other === undefined ? [] : withoutFirst(other.term, plate.axis);
        const slack = trial.tolerance * Math.max(1, ...expected.map(Math.abs));
        const worst = expected.findIndex(
          (x, k) => x !== received[k] && !(Math.abs(x - (received[k] ?? Number.NaN)) <= slack),
        );
        if (worst >= 0) {
          broken(
            claim,
            `the terms of ${name} at the other elements of plate '${plate.name}' to stay when element 0 is drawn anew, one of them ${expected[worst]}`,
            String(received[worst]),
          );
        }
      });
    }
  });
