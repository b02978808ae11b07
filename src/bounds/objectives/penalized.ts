import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { demand } from '../../../dsl/refusals/options.js';
import { refuseUnknown } from '../../../dsl/refusals/unknown-names.js';
import { promised } from '../../../dsl/records/dictionary.js';
import { platesShape } from '../../../dsl/program/layout.js';
import type { SiteRecord } from '../../interpreters/record.js';
import { scalarOf } from '../estimate-of.js';
import { type Joint, atAllDraws } from '../joint.js';
import { type Requirements, unclaimed } from '../meaning.js';
import type { Objective } from '../objective.js';

/** What is subtracted from a bound, by name: scalars made from a joint draw. */
export type Penalties = Readonly<Record<string, (joint: Joint) => Tensor>>;

/** How many axes of a value are no plates'. */
const ownRank = (r: SiteRecord): number =>
  r.kind === 'sample'
    ? r.distribution.eventShape.length
    : Math.max(0, r.value.rank - platesShape(r.plates).length);

/** What was found, in which each of these names must be. */
const having = <N extends string>(
  what: string,
  entries: readonly (readonly [string, Tensor])[],
  names: readonly N[],
): Readonly<Record<N, Tensor>> => {
  const found = Object.fromEntries(entries);
  const expected = 'one of the programs, for a penalty names it';
  refuseUnknown(names, Object.keys(found), expected, (name) => `${what} '${name}'`);
  return promised(found);
};

/**
 * The parameters of a joint draw by name, those of model and guide alike, in their supports. Names that are given
 * must be among them.
 *
 * - Errors: a name that no parameter has throws a `SiteError`, before the first step.
 *
 * @example
 * ```ts
 * const decay = penalized(elbo(), {
 *   decay: (joint) => tf.sum(tf.square(paramsIn(joint, 'loc').loc)),
 * });
 * const inference = svi({
 *   model: () => program(function* () {
 *     yield* observe('x', normal(yield* param('loc', 3), 1), 3);
 *   }),
 *   guide: () => of({}),
 *   objective: decay,
 *   optimizer: sgd(0.1),
 * });
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 9.9189385
 * ```
 */
export const paramsIn = <N extends string = string>(
  { model, guide }: Joint,
  ...names: readonly N[]
): Readonly<Record<N, Tensor>> => {
  const found = [...model.records, ...guide.records].filter((r) => r.kind === 'param');
  return having(
    'param',
    found.map((r) => [r.name, r.value]),
    names,
  );
};

/**
 * The values of a joint draw by name, of one of its programs: draws, observations, and what it names
 * by `deterministic`, such as an activation. They are those of all draws, `[particles, ...plates, ...event]`,
 * without the first axis where there is one particle; values that are summed over have an axis each on its left.
 * Names that are given must be among them.
 *
 * - Errors: a name that no value has throws a `SiteError`, before the first step.
 *
 * @example
 * ```ts
 * const sparse = penalized(elbo(), {
 *   activity: (joint) => tf.sum(tf.abs(valuesIn(joint, 'model', 'h').h)),
 * });
 * const inference = svi({
 *   model: () => program(function* () {
 *     const h = yield* deterministic('h', [0, -2]);
 *     yield* observe('x', normal(tf.sum(h), 1), -2);
 *   }),
 *   guide: () => of({}),
 *   objective: sparse,
 *   optimizer: sgd(0.1),
 * });
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 2.9189385
 * ```
 */
export const valuesIn = <N extends string = string>(
  joint: Joint,
  side: 'model' | 'guide',
  ...names: readonly N[]
): Readonly<Record<N, Tensor>> => {
  const found = joint[side].records.filter((r) => r.kind !== 'param');
  const values = found.map((r) => [r.name, atAllDraws(joint, () => r.value, ownRank(r))] as const);
  return having(`${side}: site`, values, names);
};

const CURE = 'Sum its entries by tf.sum, or average them by tf.mean.';

/**
 * An objective less penalties: weight decay, sparse activations, contraction.
 *
 * - A penalty is a scalar and counts as it is, on the scale of the whole bound: where it is a sum over
 *   a minibatch, multiply it by size / count yourself. In training it is a term, `penalty NAME`.
 * - Errors: one that is no scalar throws a `SiteError` before the first step.
 * - It needs what the objective needs, and is no bound.
 * - Gradient: the objective's, less that of the penalties through parameters and draws.
 * - A penalty may be made of derivatives itself, as that of a Jacobian is (Rifai et al. 2011, Contractive
 *   Auto-Encoders): take them by `grad` or `jacobian` of a function that uses `paramsIn(joint)`.
 *
 * @example
 * ```ts
 * const objective = penalized(elbo(), { constant: () => tf.scalar(2) });
 * const prior = () => sample('z', normal(0, 1));
 * showDerivation(derive(prior(), prior(), objective)).split('\n').slice(0, 3);
 * // ['penalised ELBO =', '  - KL(q(z) ‖ p(z))', '  - constant']
 * const inference = svi({ model: prior, guide: prior, objective, optimizer: sgd(0.1) });
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 2
 * ```
 */
export const penalized = <
  R extends Requirements,
  S extends string,
  T extends string,
  const N extends string,
>(
  objective: Objective<R, S, T>,
  penalties: Penalties & Readonly<Record<N, unknown>>,
): Objective<R, S, T | `penalty ${N}`> => {
  const before = objective.meaning.penalties ?? [];
  const twice = Object.keys(penalties).find((name) => before.includes(name));
  demand(
    twice === undefined,
    'penalized',
    'names of their own for penalties',
    `'${twice}' twice`,
    'call one of them something else',
  );
  return {
    ...objective,
    meaning: {
      ...unclaimed(objective.meaning),
      penalties: [...before, ...Object.keys(penalties)],
    },
    estimate: (joint) => {
      const { value, surrogate, terms, ...rest } = objective.estimate(joint);
      const found = Object.entries(penalties).map(
        ([name, of]) =>
          [`penalty ${name}`, scalarOf(`penalty '${name}'`, of(joint), CURE)] as const,
      );
      const total = found.reduce<Tensor>((sum, [, x]) => tf.add(sum, x), tf.scalar(0));
      const told = found.map(([name, x]) => [name, objective.meaning.loss ? x : tf.neg(x)]);
      return {
        ...rest,
        value: tf.sub(value, total),
        surrogate: tf.sub(surrogate, total),
        terms: promised({ ...terms, ...Object.fromEntries(told) }),
      };
    },
  };
};
