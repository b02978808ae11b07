/**
 * One objective with its programs, the parameters that it trains and its optimiser: what an update
 * is made of. An inference has one, or several that take turns.
 */
import * as tf from '@tensorflow/tfjs';
import { type Program, type Tensor, evaluation } from '../../../dsl/index.js';
import { entryOf, mapped, only } from '../../../dsl/records/dictionary.js';
import type { ParamInstruction } from '../../../dsl/program/instruction.js';
import { recordGraph } from '../../compile/recording/recorder.js';
import type { Derivation } from '../../bounds/derivation.js';
import { deriveFrom } from '../../bounds/derive.js';
import { estimateOf } from '../../bounds/estimate-of.js';
import { type Joint, drawJoint, judgeJoint } from '../../bounds/joint.js';
import type { Carry } from '../../bounds/carry.js';
import { assertFits } from '../../bounds/misfit.js';
import type { Estimate, Objective } from '../../bounds/objective.js';
import { type Structure, inspect } from '../../bounds/dependence/structure.js';
import { type NoiseSource, keyedNoise } from '../../random/noise-source.js';
import { type Params, initialValue } from '../../interpreters/params.js';
import { type Key, foldIn } from '../../random/index.js';
import { tidied } from '../../../dsl/tensors/tidied.js';
import { differentiate } from '../../transform/differentiate.js';
import { interpretedParts } from '../interpreted/parts.js';
import { type Optimizer, entrySupports } from '../../optimizers/optimizer.js';
import { type ParamGroup, namesIn } from './param-group.js';
import type { PhaseParts } from './phase-parts.js';
import { knownParameter, nextCarry } from '../svi-checks.js';
import type { StepState, SviState } from '../svi-state.js';

/** What a phase is made of. */
export interface PhaseSpec<B> {
  readonly model: (batch: B) => Program<unknown, unknown>;
  readonly guide: (batch: B) => Program<unknown, unknown>;
  readonly objective: Objective;
  /** Left out where nothing is trained. */
  readonly optimizer?: Optimizer;
  /** Which parameters are trained; all where it is left out. */
  readonly trains?: ParamGroup;
}

/** The part of a state that is a phase's own, before the first step. */
export type PhaseStart = Pick<
  SviState,
  'params' | 'optimizer' | 'optimizerSupports' | 'carry' | 'derivation' | 'supports'
>;

export interface Phase<B>
  extends Pick<PhaseSpec<B>, 'model' | 'guide' | 'objective'>, PhaseParts<B> {
  /**
   * Checks the fit, derives the bound and makes the first values; a parameter that is `given` starts
   * from there. The caller frees.
   */
  readonly begin: (key: Key, batch: B, given: Params) => PhaseStart;
  /** The structure of model and guide. */
  readonly structure: (key: Key, batch: B) => Structure;
  /** Where its optimiser goes by held-out losses: what that remembers after one more. The caller frees. */
  readonly observe?: Optimizer['observe'];
}

/** The parameters that a derivation's programs visit; all where it does not say. */
const visitedBy = ({ visits }: Derivation, params: Params): Params =>
  visits === undefined ? params : only(params, (name) => visits.includes(name));

/** The parameters that a derivation's phase trains. */
export const trainedBy = ({ trains }: Derivation, params: Params): Params =>
  trains === undefined ? params : only(params, (name) => trains.includes(name));

/** The parameters that a phase trains, where those are not all: running averages no optimiser moves. */
const trainedIn = (
  { params }: Structure,
  group: ParamGroup | undefined,
  names: readonly string[],
): readonly string[] | undefined => {
  const averages = params.filter(({ running }) => running).map(({ name }) => name);
  const movable = names.filter((name) => !averages.includes(name));
  if (group !== undefined) return namesIn(group, movable);
  return averages.length === 0 ? undefined : movable;
};

/** What running averages are after a joint draw, in which every particle and summed value counts the same. */
const runningAfter = ({ model, guide, draws }: Joint): Params =>
  Object.fromEntries(
    [...guide.records, ...model.records].flatMap((r) => {
      if (r.kind !== 'param' || r.next === undefined) return [];
      const all = draws.all(r.next);
      const axes = draws.sizes.map((_, i) => i);
      return [[r.name, axes.length === 0 ? all : tf.mean(all, axes)] as const];
    }),
  );

export const phase = <B>({
  model,
  guide,
  objective,
  optimizer,
  trains: group,
}: PhaseSpec<B>): Phase<B> => {
  const joint = (
    { params, derivation, carry, step }: StepState,
    noise: NoiseSource,
    [p, q]: readonly [Program<unknown, unknown>, Program<unknown, unknown>],
  ): Estimate & { readonly carry: Carry; readonly running: Params } => {
    const drawn = drawJoint(p, q, derivation, {
      noise,
      parameter: knownParameter(visitedBy(derivation, params)),
      step,
      carry,
    });
    const estimate = estimateOf(objective, drawn);
    const next = nextCarry(carry, estimate.carry);
    return {
      ...estimate,
      carry: next,
      running: optimizer === undefined ? {} : runningAfter(drawn),
    };
  };

  const evaluated = (batch: B): readonly [Program<unknown, unknown>, Program<unknown, unknown>] => [
    evaluation(model(batch)),
    evaluation(guide(batch)),
  ];

  const initial = (
    key: Key,
    batch: B,
    given: Params,
  ): { readonly params: Params; readonly structure: Structure } => {
    const made = new Map<string, Tensor>();
    const noise = keyedNoise(foldIn(key, 'init'));
    // Kept, because inspection frees all that it makes.
    const parameter = (i: ParamInstruction): Tensor => {
      const known = entryOf(given, i.name) ?? made.get(i.name);
      if (known !== undefined) return known;
      const first = tf.keep(initialValue(i, noise));
      made.set(i.name, first);
      return first;
    };
    try {
      const structure = inspect(model(batch), guide(batch), { noise, parameter });
      const visited = structure.params.map(({ name }) => name);
      const held = { ...given, ...Object.fromEntries(made) };
      const params = mapped(
        only(held, (name) => visited.includes(name)),
        (x) => tf.clone(x),
      );
      return { structure, params };
    } finally {
      tf.dispose([...made.values()]);
    }
  };

  const parts = interpretedParts<B>({
    differentiate: (state, noise, batch) => {
      const trained = trainedBy(state.derivation, state.params);
      const made = differentiate(trained, () => {
        const programs =
          optimizer === undefined ? evaluated(batch) : ([model(batch), guide(batch)] as const);
        const { surrogate, ...estimate } = joint(state, noise, programs);
        return { ...estimate, loss: tf.neg(surrogate) };
      });
      const { value, terms, gradients, carry, running } = made;
      return { metrics: { loss: tf.neg(value), terms }, gradients, carry, running };
    },
    update: (gradients, { params, optimizer: before }) => {
      if (optimizer === undefined) return { params, optimizer: before };
      const trained = only(params, (name) => Object.hasOwn(gradients, name));
      const { updates, state } = optimizer.update(gradients, before, trained);
      return {
        params: {
          ...params,
          ...mapped(trained, (x, name) => tf.add(x, entryOf(updates, name) ?? 0)),
        },
        optimizer: state,
      };
    },
    bound: (state, noise, batch) => {
      const { value, terms } = joint(state, noise, evaluated(batch));
      return { loss: tf.neg(value), terms };
    },
  });

  return {
    model,
    guide,
    objective,
    begin: (key, batch, given) => {
      const { params, structure } = initial(key, batch, given);
      assertFits(structure, objective);
      const trains =
        optimizer === undefined ? [] : trainedIn(structure, group, Object.keys(params));
      const derivation: Derivation = {
        ...deriveFrom(structure, objective, trains),
        ...(trains && { trains }),
      };
      const carry = mapped(objective.carry?.(derivation, structure) ?? {}, (x) =>
        tf.clone(tf.cast(x, 'float32')),
      );
      const [noise, step] = [keyedNoise(key), tf.scalar(0)];
      const programs = [model(batch), guide(batch)] as const;
      judgeJoint(...programs, { noise, parameter: knownParameter(params), step });
      // What does not fit is found before the first step; the numbers are of no use yet.
      recordGraph({}, () => {
        const { value } = joint({ params, derivation, carry, step }, noise, programs);
        return { value };
      });
      const remembers = optimizer?.init(trainedBy(derivation, params)) ?? {};
      return {
        params,
        optimizer: remembers,
        optimizerSupports: optimizer === undefined ? {} : entrySupports(optimizer, remembers),
        carry,
        derivation,
        supports: Object.fromEntries(structure.params.map((p) => [p.name, p.support])),
      };
    },
    structure: (key, batch) =>
      tidied(
        () => initial(key, batch, {}).structure,
        () => [],
      ),
    ...parts,
    ...(optimizer?.observe && { observe: optimizer.observe }),
  };
};
