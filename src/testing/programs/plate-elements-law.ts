/** The law that elements of a plate are independent. No statistics. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { type PlateStructure, latentSites } from '../../bounds/dependence/structure.js';
import { type SampleRecord, samplesOf } from '../../interpreters/record.js';
import { runProgram } from '../../interpreters/run.js';
import { overPlates, siteLogProb } from '../../interpreters/score-record.js';
import { knownParameter } from '../../inference/svi-checks.js';
import { type NoiseSource, keyedNoise } from '../../random/noise-source.js';
import { foldIn } from '../../random/index.js';
import { type Inference, type Trial, trialOf } from '../law/inference.js';
import { broken } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';

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
    choose: (i, plates) => {
      const value = plates.some((p) => p.name === plate.name) ? undefined : fixed.get(i.name);
      return value === undefined ? { from: 'noise' } : { from: 'value', value: value.value };
    },
  });
  const drawn = samplesOf(guideRun.records);
  const modelRun = runProgram(model, {
    noise,
    parameter,
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
      const term = overPlates(r, siteLogProb(r));
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
 * - Errors: a broken law, which names the site and the plate; a `LawNotApplicable` without a latent site
 *   in a plate.
 *
 * @example
 * ```ts
 * const draws = plate('data', 3, sample('z', normal(0, 1)));
 * checkPlateElements({ model: draws, guide: draws });
 * const pooled = plate('data', 3, program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   yield* observe('x', normal(tf.mean(z, -1, true), 1), [1, 2, 3]);
 * }));
 * E.isLeft(E.tryCatch(() => checkPlateElements({ model: pooled, guide: draws }), String)); // true
 * ```
 */
export const checkPlateElements = (inference: Inference): void =>
  tf.tidy(() => {
    const trial = trialOf(inference);
    const claim = trial.claim('elements of a plate are independent');
    const guide = latentSites(trial.structure.guide);
    const plates = new Map(guide.flatMap((s) => s.plates.map((p) => [p.name, p] as const)));
    if (![...plates.values()].some(({ count }) => count > 1)) {
      const expected = 'a latent site in a plate of two elements or more';
      throw new LawNotApplicable('checkPlateElements', expected, 'none');
    }
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
