/** The law that estimators of one bound agree. Statistical. */
import * as tf from '@tensorflow/tfjs';
import { entryOf } from '../../../dsl/dictionary.js';
import type { Objective } from '../../bounds/objective.js';
import { elbo } from '../../bounds/objectives/elbo.js';
import { varGrad } from '../../bounds/objectives/var-grad.js';
import { latentSites } from '../../bounds/structure.js';
import { foldIn, uniforms } from '../../random/index.js';
import {
  type Found,
  type Inference,
  type Trial,
  isPathwise,
  isWeighable,
  trialOf,
} from '../law/inference.js';
import { broken } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { BATCHES, batched } from '../statistics/replicated.js';
import { type MeanClaim, testMeans } from '../statistics/sequential.js';

/** Quantities that are compared at most; more parameters are projected on random signs. */
const MOST = 64;

/** A quantity with its name, a linear function of what was found. */
interface Compared {
  readonly name: string;
  readonly of: (found: Found) => number;
}

/** The entries of the gradients of some parameters or, of very many, random sums of them. */
const comparedIn = (
  sizes: Readonly<Record<string, number>>,
  seed: Trial['key'],
): readonly Compared[] => {
  const entries = Object.entries(sizes).flatMap(([name, size]) =>
    Array.from({ length: size }, (_, i): Compared => ({
      name: `the gradient of entry ${i} of '${name}'`,
      of: ({ gradients }) => entryOf(gradients, name)?.[i] ?? Number.NaN,
    })),
  );
  if (entries.length <= MOST) return entries;
  return Array.from({ length: MOST }, (_, k): Compared => {
    const signs = uniforms(foldIn(foldIn(seed, 'signs'), k), entries.length);
    return {
      name: `sum ${k} of gradients under random signs`,
      of: (found) =>
        entries.reduce((sum, e, i) => sum + ((signs[i] ?? 0) < 0.5 ? -1 : 1) * e.of(found), 0),
    };
  });
};

/** Whether an objective trains a parameter. */
export const trainedBy = (objective: Objective, owner: 'model' | 'guide' | 'both'): boolean => {
  const { trains } = objective.statement ?? {};
  return trains === undefined || trains === owner;
};

/** Estimators of the ELBO that this guide allows. */
const estimatorsOf = ({ structure }: Trial): Readonly<Record<string, Objective>> => {
  const stays = latentSites(structure.guide).every((q) => !q.moves);
  return {
    'the default': elbo(),
    'sampled divergences': elbo({ closedFormKl: 'never' }),
    ...(latentSites(structure.guide).some((q) => q.gradient === 'enumerable') &&
      stays && {
        'score functions': elbo({ discrete: 'score' }),
        'score functions with a baseline': elbo({ discrete: 'score', particles: 3 }),
      }),
    ...(isPathwise(structure) &&
      stays && {
        'sticking the landing': elbo({ gradient: 'stickingTheLanding', particles: 2 }),
      }),
    ...(stays && isWeighable(structure) && { VarGrad: varGrad({ particles: 3 }) }),
  };
};

/**
 * Checks that estimators of one bound agree in the mean: their values, and their gradients for every
 * parameter that both train, each against the first.
 *
 * `objectives` are estimators of the same bound by name; where left out, all of the ELBO's that the
 * guide allows: closed forms or draws, sums or scores with and without a baseline, sticking the
 * landing, VarGrad. Both are taken at the same draws, so that their difference is small.
 * More than 64 gradients are compared by sums under random signs.
 *
 * - Errors: a broken law, which names the estimator and the parameter; a `LawNotApplicable` where there
 *   is but one.
 *
 * @example
 * ```ts
 * const guide = program(function* () {
 *   yield* sample('z', bernoulli({ logits: yield* param('logits', 0.5) }));
 * });
 * const law = { model: sample('z', bernoulli({ probs: 0.2 })), guide, draws: 640 };
 * checkEstimatorsAgree(law);
 * const objectives = { summed: elbo(), halved: betaElbo({ beta: 0.5 }) };
 * E.isLeft(E.tryCatch(() => checkEstimatorsAgree({ ...law, objectives }), String)); // true
 * ```
 */
export const checkEstimatorsAgree = ({
  objectives,
  ...inference
}: Inference & { readonly objectives?: Readonly<Record<string, Objective>> }): void =>
  tf.tidy(() => {
    const trial = trialOf(inference);
    const [first, ...others] = Object.entries(objectives ?? estimatorsOf(trial));
    if (first === undefined || others.length === 0) {
      const expected = 'two objectives or more that this guide allows';
      throw new LawNotApplicable('checkEstimatorsAgree', expected, first?.[0] ?? 'none');
    }
    const [reference, standard] = [first[0], batched(trial, first[1])];
    const seen = new Map<number, Found>();
    const standardAt = (b: number): Found => {
      const known = seen.get(b) ?? standard.found(b);
      seen.set(b, known);
      return known;
    };
    for (const [name, objective] of others) {
      const other = batched(trial, objective);
      const trained = trial.structure.params.filter(
        (p) => trainedBy(objective, p.owner) && trainedBy(first[1], p.owner),
      );
      const sizes = Object.fromEntries(
        trained.map((p) => [p.name, p.shape.reduce((product, n) => product * n, 1)]),
      );
      const compared: readonly Compared[] = [
        { name: 'the bound', of: ({ value }) => value },
        ...comparedIn(sizes, trial.key),
      ];
      const start = standardAt(0);
      const claims = compared.map(({ of }): MeanClaim => ({
        sign: 'zero',
        tolerance: trial.tolerance * Math.max(1, Math.abs(of(start)), Math.abs(start.value) / 10),
      }));
      const refuted = testMeans(
        claims,
        (b) => {
          const [a, c] = [standardAt(b), other.found(b)];
          return compared.map(({ of }) => of(c) - of(a));
        },
        { falseAlarm: trial.alarm / others.length, batches: BATCHES },
      );
      if (refuted === undefined) continue;
      broken(
        trial.claim('estimators agree'),
        `${compared[refuted.index]?.name ?? 'the bound'} by ${name} to be that by ${reference}, in the mean`,
        `a difference of ${refuted.mean} ± ${refuted.standardError}`,
      );
    }
  });
