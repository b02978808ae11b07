/** Laws of names and order. No statistics. */
import * as tf from '@tensorflow/tfjs';
import { rewrite } from '../../../dsl/program/program.js';
import type { Objective } from '../../bounds/objective.js';
import { elbo } from '../../bounds/objectives/elbo.js';
import { keyedNoise } from '../../random/noise-source.js';
import { hostileRenaming } from './hostile-names.js';
import type { Structure } from '../../bounds/dependence/structure.js';
import {
  type AnyProgram,
  type Inference,
  boundOf,
  paramsOf,
  structureOf,
  trialOf,
} from '../law/inference.js';
import { broken } from '../law/law.js';
import { renamedNoise } from '../law/noise-views.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { expectSameBound } from '../law/expect-same-bound.js';

/** What two ways of writing an inference are compared by. */
export interface ProgramLaw extends Inference {
  readonly objective?: Objective;
}

const LONGEST = 120;

const cut = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;

/** The program with every site, parameter and plate called something else. */
export const renamed = (inner: AnyProgram, to: (name: string) => string): AnyProgram =>
  rewrite(inner, () => ({
    each: (i) =>
      i.op === 'subsample'
        ? { ...i, name: to(i.name) }
        : {
            ...i,
            name: to(i.name),
            plates: i.plates.map((plate) => ({ ...plate, name: to(plate.name) })),
          },
  }));

/** Entries under other names. */
const renamedEntries = <A>(
  record: Readonly<Record<string, A>>,
  to: (name: string) => string,
): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(record).map(([name, a]) => [to(name), a]));

/** Throws where the options of an objective name sites, or may. */
const checkNameless = ({ name, sites = [], preferences, meaning }: Objective): void => {
  const { estimators = {} } = preferences;
  const named = [...sites, ...Object.keys(estimators), ...(meaning.penalties ?? [])];
  if (named.length === 0) return;
  const received = `${name}, which names ${named.join(', ')}`;
  throw new LawNotApplicable('checkRenaming', 'options that name no site', received);
};

/**
 * Checks that names do not matter: with every site, parameter and plate called something else, and its
 * noise found under that name, bound and gradients are the same. The other names are those that code
 * trips over, `constructor` and `__proto__` among them. An objective that treats sites by name breaks it.
 *
 * - Errors: a broken law; a `LawNotApplicable` for an objective whose options name sites, as `estimators`,
 *   or that has penalties, which may.
 *
 * @example
 * ```ts
 * const law = { model: sample('z', normal(0, 1)), guide: sample('z', normal(1, 2)) };
 * checkRenaming(law);
 * // It does not say that it looks for a name.
 * const partial = { ...betaElbo({ beta: { z: 0.5 } }), sites: [] };
 * E.isLeft(E.tryCatch(() => checkRenaming({ ...law, objective: partial }), String)); // true
 * ```
 */
export const checkRenaming = ({ objective = elbo(), ...inference }: ProgramLaw): void =>
  tf.tidy(() => {
    checkNameless(objective);
    const trial = trialOf(inference);
    const { model, guide, params, key, tolerance } = trial;
    const noise = keyedNoise(key);
    const expected = boundOf(trial, objective).found(noise);
    const { to, original } = hostileRenaming();
    const other = {
      model: renamed(model, to),
      guide: renamed(guide, to),
      params: renamedEntries(params, to),
    };
    const found = boundOf(other, objective).found(renamedNoise(noise, original));
    const gradients = renamedEntries(found.gradients, original);
    const claim = trial.claim('names do not matter');
    for (const name of Object.keys(expected.gradients)) {
      if (!Object.hasOwn(gradients, name))
        broken(claim, `a gradient of '${name}' by its other name, '${to(name)}'`, 'none');
    }
    expectSameBound(claim, 'under other names', { ...found, gradients }, expected, tolerance);
  });

/**
 * Checks that order does not matter: `reordered` is the same model, the same guide, or both, with
 * independent sites in another order. Bound and gradients must be the same, for noise belongs to names.
 *
 * - Errors: a broken law, and so is an order that is the same.
 *
 * @example
 * ```ts
 * const one = program(function* () {
 *   yield* sample('a', normal(0, 1));
 *   yield* sample('b', normal(0, 2));
 * });
 * const other = (scale: number) => program(function* () {
 *   yield* sample('b', normal(0, scale));
 *   yield* sample('a', normal(0, 1));
 * });
 * checkReordering({ model: one, guide: one, reordered: { guide: other(2) } });
 * E.isLeft(E.tryCatch(() => checkReordering({ model: one, guide: one, reordered: { guide: other(3) } }), String)); // true
 * ```
 */
export const checkReordering = ({
  objective = elbo(),
  reordered,
  ...inference
}: ProgramLaw & {
  readonly reordered: { readonly model?: AnyProgram; readonly guide?: AnyProgram };
}): void =>
  tf.tidy(() => {
    const trial = trialOf(inference);
    const { model = trial.model, guide = trial.guide } = reordered;
    const claim = trial.claim('order does not matter');
    const orderOf = (s: Structure): string =>
      JSON.stringify([s.model, s.guide].map((sites) => sites.map(({ name }) => name)));
    const noise = keyedNoise(trial.key);
    const expected = boundOf(trial, objective).found(noise);
    const other = { model, guide, params: paramsOf(model, guide, trial.params) };
    const order = orderOf(trial.structure);
    if (orderOf(structureOf(other)) === order) {
      broken(claim, 'sites in another order, of model or guide', `${cut(order)} again`);
    }
    const found = boundOf(other, objective).found(noise);
    expectSameBound(claim, 'in another order', found, expected, trial.tolerance);
  });
