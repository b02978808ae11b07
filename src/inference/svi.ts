/**
 * Stochastic variational inference (Hoffman et al. 2013, arXiv:1206.7051; Ranganath et al. 2014,
 * arXiv:1401.0118): a model, a guide that fits it, an objective and an optimiser make a pure step.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type ContinuousSupport,
  type Program,
  type Sites,
  type Tensor,
  bijectorTo,
} from '../../dsl/index.js';
import type { Derivation } from '../bounds/derivation.js';
import { deriveFrom } from '../bounds/derive.js';
import type { Fit } from '../bounds/fit.js';
import { type Memory, drawJoint } from '../bounds/joint.js';
import { assertFits } from '../bounds/misfit.js';
import type { Estimate, Objective } from '../bounds/objective.js';
import { type Structure, inspect } from '../bounds/structure.js';
import type { ParamInstruction } from '../../dsl/program/instruction.js';
import { type NoiseSource, keyedNoise } from '../noise-source.js';
import { type Params, initialValue } from '../params.js';
import { type Key, foldIn } from '../random/index.js';
import { withGradients } from './gradients.js';
import { type Optimizer, type OptimizerState, mapParams } from './optimizer.js';
import { putUnder, takeUnder } from '../prefixed.js';
import { scoped } from '../scoped.js';
import { knownParameter, nextMemory, probeParticles } from './svi-checks.js';

/** Everything that training needs to go on: save it and resume exactly. */
export interface SviState {
  readonly params: Params;
  readonly optimizer: OptimizerState;
  /** What the objective remembers from step to step; empty for most. */
  readonly memory: Memory;
  /** Steps taken. */
  readonly step: number;
  /** Where all randomness comes from. */
  readonly key: Key;
  readonly derivation: Derivation;
  /** Where each parameter lives. */
  readonly supports: Readonly<Record<string, ContinuousSupport>>;
}

/** What a step or an evaluation found; scalars that the caller disposes of. */
export interface SviMetrics {
  /** −bound, minimised, in nats. */
  readonly loss: Tensor;
  /** The bound's parts by term, in nats. */
  readonly terms: Readonly<Record<string, Tensor>>;
}

export interface EvaluateOptions {
  /** Where draws come from; the state's own key and step where it is left out. */
  readonly key?: Key;
}

/** What a step is computed from, beside its noise and batch. */
export interface StepState extends Pick<SviState, 'params' | 'derivation' | 'memory'> {
  /** Steps taken before this one, a scalar: schedules are functions of it. */
  readonly step: Tensor;
}

/** The inference of one model with one guide; `B` is what a batch is. */
export interface Svi<B> {
  /** Checks the fit, derives the bound and makes the first state. Throws a `GuideMisfitError`. */
  readonly init: (key: Key, batch: B) => SviState;
  /** One step: a new state and the loss before the update. The old state is left as it was. */
  readonly step: (state: SviState, batch: B) => readonly [SviState, SviMetrics];
  /**
   * The first half of a step, as a function of tensors alone, noise among them: what is compiled.
   * The caller frees.
   */
  readonly differentiate: (
    state: StepState,
    noise: NoiseSource,
    batch: B,
  ) => { readonly metrics: SviMetrics; readonly gradients: Params; readonly memory: Memory };
  /** The second half: the next parameters and optimiser state. The caller frees. */
  readonly update: (
    gradients: Params,
    state: Pick<SviState, 'params' | 'optimizer'>,
  ) => Pick<SviState, 'params' | 'optimizer'>;
  /** The bound as a function of tensors alone. The caller frees. */
  readonly bound: (state: StepState, noise: NoiseSource, batch: B) => SviMetrics;
  /** The bound at the state's parameters, without an update. */
  readonly evaluate: (state: SviState, batch: B, options?: EvaluateOptions) => SviMetrics;
  /** The gradient of the loss that a step would use. */
  readonly gradients: (state: SviState, batch: B) => Params;
  /** The structure of model and guide. */
  readonly structure: (key: Key, batch: B) => Structure;
  readonly model: (batch: B) => Program<unknown, unknown>;
  readonly guide: (batch: B) => Program<unknown, unknown>;
  readonly objective: Objective;
}

export interface SviSpec<
  B,
  M extends Program<unknown, unknown>,
  G extends Program<unknown, unknown>,
  O extends Objective,
> {
  readonly model: (batch: B) => M;
  /** The compiler refuses a guide that does not fit the model, and says why. */
  readonly guide: ((batch: B) => G) & Fit<Sites<M>, Sites<G>, O>;
  readonly objective: O;
  readonly optimizer: Optimizer;
}

const metricsOf = (value: Tensor, terms: SviMetrics['terms']): SviMetrics => ({
  loss: tf.neg(value),
  terms,
});

const metricTensors = ({ loss, terms }: SviMetrics): readonly Tensor[] => [
  loss,
  ...Object.values(terms),
];

/**
 * The tensors that a state owns.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: () => program(function* () {
 *     yield* observe('x', normal(yield* param('loc', 0), 1), 2);
 *   }),
 *   guide: () => of({}),
 *   objective: elbo(),
 *   optimizer: sgd(0.1),
 * });
 * const state = inference.init(key(0));
 * stateTensors(state).length; // 1
 * ```
 */
export const stateTensors = ({ params, optimizer, memory }: SviState): readonly Tensor[] => [
  ...Object.values(params),
  ...Object.values(optimizer),
  ...Object.values(memory),
];

/**
 * The values of a state's parameters, each in its support: what the programs see. They are the
 * caller's.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: () => program(function* () {
 *     const scale = yield* param('scale', 2, { support: positive });
 *     yield* observe('x', normal(0, scale), 1);
 *   }),
 *   guide: () => of({}),
 *   objective: elbo(),
 *   optimizer: sgd(0.1),
 * });
 * paramValues(inference.init(key(0)))['scale']?.dataSync()[0]; // 2
 * ```
 */
export const paramValues = ({ params, supports }: SviState): Readonly<Record<string, Tensor>> =>
  scoped(
    () =>
      mapParams(params, (x, name) => {
        const support = supports[name];
        return support === undefined ? tf.clone(x) : tf.clone(bijectorTo(support).forward(x));
      }),
    (values) => Object.values(values),
  );

/** A state as its next step sees it. */
const counted = ({ params, derivation, memory, step }: SviState): StepState => ({
  params,
  derivation,
  memory,
  step: tf.scalar(step),
});

/** The noise of a state's next step. */
const noiseAt = ({ key, step }: SviState): NoiseSource => keyedNoise(foldIn(key, step));

const zip = (
  names: readonly string[],
  tensors: readonly Tensor[],
): Readonly<Record<string, Tensor>> =>
  Object.fromEntries(names.flatMap((name, i) => (tensors[i] ? [[name, tensors[i]]] : [])));

/**
 * Makes the inference of a model with a guide.
 *
 * - `step(state, batch)` is pure: the same state and batch give the same numbers. Both states'
 *   tensors are the caller's; `freeState(state)` frees one.
 * - Errors: a guide that does not fit throws `GuideMisfitError` in `init`; shapes that do not
 *   broadcast throw `SiteError` there as well.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: () => condition(
 *     program(function* () {
 *       const z = yield* sample('z', normal(0, 1));
 *       return yield* sample('x', normal(z, 1));
 *     }),
 *     { x: 5 },
 *   ),
 *   guide: () => program(function* () {
 *     const loc = yield* param('loc', 0);
 *     const scale = yield* param('scale', 1, { support: positive });
 *     yield* sample('z', normal(loc, scale));
 *   }),
 *   objective: elbo(),
 *   optimizer: adam(0.05),
 * });
 * const [state] = inference.step(inference.init(key(0), undefined), undefined);
 * state.step; // 1
 * ```
 */
export const svi = <
  M extends Program<unknown, unknown>,
  G extends Program<unknown, unknown>,
  O extends Objective,
  B = void,
>({
  model,
  guide,
  objective,
  optimizer,
}: SviSpec<B, M, G, O>): Svi<B> => {
  const joint = (
    { params, derivation, memory, step }: StepState,
    noise: NoiseSource,
    batch: B,
  ): Estimate & { readonly memory: Memory } => {
    const estimate = objective.estimate(
      drawJoint(model(batch), guide(batch), derivation, {
        noise,
        parameter: knownParameter(params),
        step,
        memory,
      }),
    );
    return { ...estimate, memory: nextMemory(memory, estimate.memory) };
  };

  const initial = (
    key: Key,
    batch: B,
  ): { readonly params: Params; readonly structure: Structure } => {
    const made: Record<string, Tensor> = {};
    const noise = keyedNoise(foldIn(key, 'init'));
    // Kept, because inspection frees all that it makes.
    const parameter = (i: ParamInstruction): Tensor =>
      (made[i.name] ??= tf.keep(initialValue(i, noise)));
    try {
      const structure = inspect(model(batch), guide(batch), { noise, parameter });
      return { structure, params: mapParams(made, (x) => tf.clone(x)) };
    } finally {
      tf.dispose(made);
    }
  };

  const differentiate: Svi<B>['differentiate'] = (state, noise, batch) => {
    const names: string[] = [];
    const { kept, gradients } = withGradients(state.params, () => {
      const { value, surrogate, terms, memory } = joint(state, noise, batch);
      const named = { ...putUnder('terms', terms), ...putUnder('memory', memory) };
      names.push(...Object.keys(named));
      return { loss: tf.neg(surrogate), keep: [value, ...Object.values(named)] };
    });
    const [value = tf.scalar(Number.NaN), ...others] = kept;
    const named = zip(names, others);
    return {
      metrics: metricsOf(value, takeUnder('terms', named)),
      gradients,
      memory: takeUnder('memory', named),
    };
  };

  const update: Svi<B>['update'] = (gradients, { params, optimizer: before }) => {
    const { updates, state } = optimizer.update(gradients, before, params);
    return {
      params: mapParams(params, (x, name) => tf.add(x, updates[name] ?? 0)),
      optimizer: state,
    };
  };

  const bound: Svi<B>['bound'] = (state, noise, batch) => {
    const { value, terms } = joint(state, noise, batch);
    return metricsOf(value, terms);
  };

  return {
    init: (key, batch) =>
      scoped(
        () => {
          const { params, structure } = initial(key, batch);
          assertFits(structure, objective);
          const derivation = deriveFrom(structure, objective);
          const probe = {
            ...derivation,
            particles: probeParticles(structure, objective.particles),
          };
          const remembered = (d: Derivation): Memory => objective.memory?.(d, structure) ?? {};
          joint(
            { params, derivation: probe, memory: remembered(probe), step: tf.scalar(0) },
            keyedNoise(key),
            batch,
          );
          const memory = mapParams(remembered(derivation), (x) => tf.cast(x, 'float32').clone());
          const supports = Object.fromEntries(structure.params.map((p) => [p.name, p.support]));
          return {
            params,
            optimizer: optimizer.init(params),
            memory,
            step: 0,
            key,
            derivation,
            supports,
          };
        },
        (state) => stateTensors(state),
      ),
    structure: (key, batch) =>
      scoped(
        () => initial(key, batch).structure,
        () => [],
      ),
    differentiate,
    update,
    bound,
    step: (state, batch) =>
      scoped(
        (): readonly [SviState, SviMetrics] => {
          const half = differentiate(counted(state), noiseAt(state), batch);
          const next = { ...state, ...update(half.gradients, state), memory: half.memory };
          return [{ ...next, step: state.step + 1 }, half.metrics];
        },
        ([next, metrics]) => [...stateTensors(next), ...metricTensors(metrics)],
      ),
    evaluate: (state, batch, { key = foldIn(state.key, state.step) } = {}) =>
      scoped(() => bound(counted(state), keyedNoise(key), batch), metricTensors),
    gradients: (state, batch) =>
      scoped(
        () => differentiate(counted(state), noiseAt(state), batch).gradients,
        (g) => Object.values(g),
      ),
    model,
    guide,
    objective,
  };
};
