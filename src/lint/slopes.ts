/** Gradients at the start and near it: which parameters have none, and what is not finite. */
import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../dsl/records/dictionary.js';
import { SiteError, type Tensor } from '../../dsl/index.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import type { Derivation } from '../bounds/derivation.js';
import { computed } from '../compile/computed.js';
import { estimateOf } from '../bounds/estimate-of.js';
import { drawJoint } from '../bounds/joint.js';
import type { Objective } from '../bounds/objective.js';
import { rawTerm } from '../bounds/terms.js';
import { withGradients } from '../inference/gradients.js';
import { knownParameter } from '../inference/svi-checks.js';
import { type NoiseSource, keyedNoise } from '../random/noise-source.js';
import type { Params } from '../interpreters/params.js';
import { type Key, foldIn } from '../random/index.js';
import { type Programs, atStart } from './programs.js';

/** How far parameters and data are moved: a zero by symmetry does not survive it. */
export const SHIFT = 0.1;

/** What a gradient is taken of, and where. */
export interface SlopeOptions {
  readonly derivation: Derivation;
  readonly objective: Objective;
  readonly params: Params;
}

/** The gradient of the loss before a step, as a function of tensors alone. */
export const lossGradients = (
  { model, guide }: Pick<Programs, 'model' | 'guide'>,
  {
    derivation,
    objective,
    params,
    noise,
    step,
  }: SlopeOptions & { readonly noise: NoiseSource; readonly step: Tensor },
): Params =>
  withGradients(params, (given) => {
    const options = { noise, step, parameter: knownParameter(given) };
    const joint = drawJoint(model, guide, derivation, options);
    return { loss: tf.neg(estimateOf(objective, joint).surrogate), keep: {} };
  }).gradients;

/** The gradient of each parameter, as numbers. */
export type Slopes = ReadonlyMap<string, Float32Array>;

/**
 * The gradient before a step, by default the first; none where an operation has no gradient, or no backend has it.
 */
export const gradientsAt = (
  programs: Pick<Programs, 'model' | 'guide'>,
  options: SlopeOptions,
  key: Key,
  step = 0,
): Slopes => {
  try {
    const at = { ...options, noise: keyedNoise(key), step: tf.scalar(step) };
    const gradients = Object.entries(lossGradients(programs, at));
    return new Map(gradients.map(([name, g]) => [name, Float32Array.from(g.dataSync())]));
  } catch (error) {
    if (error instanceof SiteError) throw error;
    return new Map();
  }
};

/** The penalties of a bound at its start, by name. */
const penaltiesAt = (
  { model, guide }: Pick<Programs, 'model' | 'guide'>,
  { derivation, objective, params }: SlopeOptions,
  key: Key,
): ReadonlyMap<string, number> => {
  const options = { noise: keyedNoise(key), step: tf.scalar(0), parameter: knownParameter(params) };
  const terms = computed(
    {},
    () => estimateOf(objective, drawJoint(model, guide, derivation, options)).terms,
  );
  return new Map(
    (objective.meaning.penalties ?? []).map((name) => [
      name,
      terms[`penalty ${name}`]?.dataSync()[0] ?? Number.NaN,
    ]),
  );
};

/** The penalties that are the same with other data; none where a program does not take other data. */
export const fixedIn = (
  programs: Pick<Programs, 'model' | 'guide'>,
  moved: () => Pick<Programs, 'model' | 'guide'>,
  options: SlopeOptions,
  key: Key,
): readonly string[] => {
  const here = penaltiesAt(programs, options, key);
  try {
    const there = penaltiesAt(moved(), options, key);
    return [...here].flatMap(([name, value]) => (there.get(name) === value ? [name] : []));
  } catch {
    return [];
  }
};

/** The terms whose value is not finite. */
export const badTerms = (
  programs: Programs,
  { derivation }: SlopeOptions,
  key: Key,
): readonly string[] => {
  const { model, guide } = programs;
  const values = computed({}, () => {
    const joint = drawJoint(model, guide, derivation, atStart(programs, keyedNoise(key)));
    return Object.fromEntries(derivation.terms.map((t, i) => [String(i), rawTerm(joint, t)]));
  });
  const bad = derivation.terms.filter((_, i) =>
    values[String(i)]?.dataSync().some((x: number) => !Number.isFinite(x)),
  );
  return [...new Set(bad.map((t) => siteLabel(t.site)))];
};

/** The parameters whose gradient is not finite. */
export const badGradients = (slopes: Slopes): readonly string[] =>
  [...slopes].flatMap(([name, g]) =>
    g.every((x) => Number.isFinite(x)) ? [] : [`param '${name}'`],
  );

/** Where gradients are taken again: other numbers, and steps at which a schedule has gone on. */
const NEAR: readonly (readonly [string, number])[] = [
  ['once', 1e3],
  ['twice', 1e6],
  ['three times', 1e3],
  ['four times', 1e6],
];

/** The parameters whose gradient is exactly 0. */
export const zerosIn = (slopes: Slopes): readonly string[] =>
  [...slopes].flatMap(([name, g]) => (g.every((x) => x === 0) ? [name] : []));

/**
 * Those of some parameters whose gradient is exactly 0 wherever it is taken again: at other draws, where
 * parameters and data are moved a little and schedules have gone on.
 */
export const stillNear = (
  names: readonly string[],
  movedPrograms: (move: (x: Tensor, name: string) => Tensor) => Programs,
  options: SlopeOptions,
  key: Key,
): readonly string[] =>
  NEAR.reduce((still, [seed, step]) => {
    if (still.length === 0) return still;
    const own = foldIn(key, seed);
    const noise = keyedNoise(own);
    const move = (x: Tensor, name: string): Tensor =>
      tf.add(x, tf.mul(SHIFT, noise(name, 0, { law: 'normal', shape: [] }, x.shape)));
    const params = mapped(options.params, move);
    const near = zerosIn(gradientsAt(movedPrograms(move), { ...options, params }, own, step));
    return still.filter((name) => near.includes(name));
  }, names);
