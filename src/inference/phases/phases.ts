import { anything, checkOptions, demand, required, whole } from '../../../dsl/refusals/options.js';
import { refuseUnknown } from '../../../dsl/refusals/unknown-names.js';
import { inferenceOf } from './inference-of.js';
import { isSteady } from './pace.js';
import type { Svi } from '../inference.js';
import type { Stage } from './stage.js';

/** An inference as a phase, in every step once or as often as is said. */
export type PhaseEntry<B, P extends string = string> = Svi<B, P> | PacedPhase<B, P>;

/** An inference and how often it has its turn. */
export interface PacedPhase<B, P extends string = string> {
  readonly svi: Svi<B, P>;
  /** How many stages in a row; 1 where it is left out. */
  readonly times?: number;
  /** In each of how many steps; 1, in all of them, where it is left out. */
  readonly every?: number;
  /** After how many steps, as of a warm-up; 0 where it is left out. */
  readonly after?: number;
}

export interface PhasesOptions<N extends string = string> {
  /** The phase whose loss and terms are those of the whole; the first where it is left out. */
  readonly report?: N;
}

const paced = <B>(name: string, entry: PhaseEntry<B>): Required<PacedPhase<B>> => {
  const once = { times: 1, every: 1, after: 0 };
  if (!('svi' in entry)) return { ...once, svi: entry };
  const who = `phases: '${name}'`;
  checkOptions<PacedPhase<B>>(who, entry, {
    svi: required(anything),
    times: whole(),
    every: whole(),
    after: whole(0),
  });
  const { svi, times = 1, every = 1, after = 0 } = entry;
  demand(
    svi.reported === '' || (every === 1 && after === 0),
    who,
    'every and after of a single inference',
    'phases of its own',
    'give them to each of those',
  );
  return { svi, times, every, after };
};

const phaseLabel = (name: string): string => `phase '${name}'`;

/** Integer-like keys of a record come before all others, whatever order they were written in. */
const checkName = (name: string): void => {
  if (name !== '' && !name.includes('/') && !/^\d+$/.test(name)) return;
  throw new RangeError(
    `phases: expected names that are no numbers and have no '/', but got '${name}'; use a word for each phase.`,
  );
};

const stagesOf = <B>(name: string, entry: PhaseEntry<B>): readonly Stage<B>[] => {
  const { svi, ...pace } = paced(name, entry);
  return Array.from({ length: pace.times }, (_, round) =>
    svi.stages.map((stage): Stage<B> => ({
      name: stage.name === '' ? name : `${name}/${stage.name}`,
      phase: stage.phase,
      paces: [{ ...pace, round }, ...stage.paces],
    })),
  ).flat();
};

/**
 * One inference whose step is a stage of each of several, in the order in which they are written. Each
 * sees the parameters as the one before left them; those of one name are one parameter. Wake-sleep,
 * variational EM, adversarial training and density ratios are phases.
 *
 * - A phase is what it would be by itself: it has its own model, guide, objective, optimiser, parameters
 *   (`trains` of `svi`; else all that its programs visit), derivation and carry. It draws from the key
 *   `foldIn(state.key, name)`, so that phases share no draws, and its steps, which schedules are
 *   functions of, count its own stages.
 * - `times: k` takes k stages in a row, all on the step's batch, each with noise of its own; `every: k` has
 *   its turn in one step of k, `after: n` only once n steps are taken. An inference without an optimiser only
 *   evaluates, and one of `assign` computes its parameters.
 * - What is reported: `loss`, `terms` and `state.derivation` are those of the first phase, or of
 *   `report`; `metrics.phases` and `state.derivation.phases` are those of all. A step's loss is taken
 *   before the update of its own phase and after those of earlier ones. Of a phase with several stages
 *   `metrics.phases` has the last, and each by its number: `e/1`, `e/2`.
 * - A loss that is not finite, in whatever phase, makes the loss NaN, and training takes nothing of
 *   such a step.
 * - Errors: names that are numbers or have a `/`, a pace that is no whole number, and to report a phase that
 *   not every step has throw a `RangeError`, to report one that is none a `SiteError`; a parameter of two supports
 *   throws a `SiteError` in `init`.
 * - Source: the phases of Hinton et al. 1995, doi:10.1126/science.7761831, and Neal and Hinton 1998, A
 *   View of the EM Algorithm that Justifies Incremental, Sparse, and other Variants.
 *
 * @example
 * ```ts
 * const programs = {
 *   model: () => program(function* () {
 *     const z = yield* sample('z', normal(yield* param('prior', 0), 1));
 *     yield* observe('x', normal(z, 1), 4);
 *   }),
 *   guide: () => program(function* () {
 *     yield* sample('z', normal(yield* param('posterior', 0), Math.SQRT1_2));
 *   }),
 *   objective: elbo(),
 * };
 * const em = phases({
 *   e: { svi: svi({ ...programs, optimizer: sgd(0.1), trains: ['posterior'] }), times: 3 },
 *   m: svi({ ...programs, optimizer: sgd(0.5), trains: ['prior'] }),
 * });
 * const [state, { phases: found }] = em.step(em.init(key(0)));
 * Object.keys(found ?? {}); // ['e', 'e/1', 'e/2', 'e/3', 'm']
 * showDerivation(state.derivation).split('\n').filter((line) => line.startsWith('phase'));
 * // ['phase e, 3 times a step:', 'phase m:']
 * ```
 */
export function phases<
  B,
  P extends Readonly<Record<string, string>>,
  const N extends string = string,
>(
  all: { readonly [K in keyof P]: PhaseEntry<B, P[K]> } & Readonly<Record<string, PhaseEntry<B>>>,
  options?: PhasesOptions<N extends keyof P ? N : `There is no phase '${N}'.`>,
): Svi<B, P[keyof P]>;
export function phases<B>(
  all: Readonly<Record<string, PhaseEntry<B>>>,
  options: PhasesOptions = {},
): Svi<B> {
  checkOptions<PhasesOptions>('phases', options, { report: anything });
  const { report } = options;
  const entries = Object.entries<PhaseEntry<B>>(all);
  const [first] = entries;
  if (first === undefined)
    throw new RangeError(
      'phases: expected at least one phase, but got none; pass { name: svi(…) }.',
    );
  entries.forEach(([name]) => checkName(name));
  const stages = entries.flatMap(([name, entry]) => stagesOf(name, entry));
  const names = entries.map(([name]) => name);
  refuseUnknown(report === undefined ? [] : [report], names, 'a phase to report', phaseLabel);
  const [name, entry] = entries.find(([n]) => n === report) ?? first;
  const { reported } = paced(name, entry).svi;
  const path = reported === '' ? name : `${name}/${reported}`;
  const found = stages.find((stage) => stage.name === path);
  if (found === undefined)
    throw new RangeError(`phases: expected a phase '${path}', but got none.`);
  demand(
    isSteady(found.paces),
    'phases',
    'to report a phase that has its stage in every step',
    `'${path}'`,
    'report another',
  );
  return inferenceOf(stages, found);
}
