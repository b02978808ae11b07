/** The law that a plate is a loop. No statistics. */
import * as tf from '@tensorflow/tfjs';
import { entryOf } from '../../../dsl/records/dictionary.js';
import { listedNames } from '../../../dsl/refusals/nearest.js';
import type { Objective } from '../../bounds/objective.js';
import { elbo } from '../../bounds/objectives/elbo.js';
import { latentSites } from '../../bounds/dependence/structure.js';
import { type NoiseSource, keyedNoise } from '../../random/noise-source.js';
import { type Inference, boundOf, paramsOf, trialOf } from '../law/inference.js';
import type { LawOptions } from '../law/law-options.js';
import { broken } from '../law/law.js';
import type { Params } from '../../interpreters/params.js';
import { expectSameBound } from '../law/expect-same-bound.js';

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
 * - Errors: a broken law, and so is a plate that holds no latent site.
 *
 * @example
 * ```ts
 * const loop = (scale: number) => program(function* () {
 *   yield* sample('z[0]', normal(0, 1));
 *   yield* sample('z[1]', normal(0, scale));
 * });
 * const plates = plate('data', 2, sample('z', normal(0, 1)));
 * const plated = { model: plates, guide: plates };
 * const law = (scale: number) => ({
 *   plated,
 *   looped: { model: loop(1), guide: loop(scale) },
 *   plate: 'data',
 * });
 * checkPlateIsLoop(law(1));
 * E.isLeft(E.tryCatch(() => checkPlateIsLoop(law(2)), String)); // true
 * ```
 */
export const checkPlateIsLoop = (law: PlateAndLoop): void =>
  tf.tidy(() => {
    const { plated, looped, nameOf = (site, i) => `${site}[${i}]`, objective = elbo() } = law;
    const trial = trialOf({ ...law, ...plated });
    const claim = trial.claim('a plate is a loop');
    const sites = latentSites(trial.structure.guide).flatMap((s) => {
      const at = s.plates.find((p) => p.name === law.plate);
      return at === undefined ? [] : [{ name: s.name, plate: at }];
    });
    if (sites.length === 0) {
      const plates = latentSites(trial.structure.guide).flatMap((s) => s.plates.map((p) => p.name));
      broken(
        claim,
        `a latent site in plate '${law.plate}'`,
        `latent sites in plates ${listedNames([...new Set(plates)])}`,
      );
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
      ([name, xs]) => entryOf(found.gradients, name)?.length === xs.length,
    );
    const same = { value: expected.value, gradients: Object.fromEntries(shared) };
    expectSameBound(claim, 'of the loop', found, same, trial.tolerance);
  });
