/** What an inference is. */
import type { Program } from '../../dsl/index.js';
import type { Objective } from '../bounds/objective.js';
import type { Structure } from '../bounds/dependence/structure.js';
import type { NoiseSource } from '../random/noise-source.js';
import type { Params } from '../interpreters/params.js';
import type { Key } from '../random/index.js';
import type { ObjectiveMetrics, SviMetrics } from './metrics.js';
import type { StepState, SviState } from './svi-state.js';
import type { Stage } from './phases/stage.js';

export interface EvaluateOptions {
  /** Where draws come from; the state's own key and step where it is left out. */
  readonly key?: Key;
}

/**
 * An inference: of one model with one guide, or of several phases, where `model`, `guide`,
 * `objective`, `structure` and `bound` are those of the phase that is reported. `B` is what a batch is, `P` are
 * the names of the parameters, `E` is the row of the model, `T` are the terms of the objective.
 */
export interface Svi<B, P extends string = string, E = unknown, T extends string = string> {
  /**
   * Checks the fit, derives the bound and makes the first state. Parameters that are `given`,
   * unconstrained and by name, start from there. Throws a `GuideMisfitError`.
   */
  // A method, so that an inference of some names is one of any names.
  init(key: Key, batch: B, given?: Partial<Params<P>>): SviState<P>;
  /** One step: a new state and the loss before the update. The old state is left as it was. */
  readonly step: (state: SviState, batch: B) => readonly [SviState<P>, SviMetrics<T>];
  /**
   * The bound at the state's parameters, without an update, of the programs as they are evaluated; of phases,
   * each one's.
   */
  readonly evaluate: (state: SviState, batch: B, options?: EvaluateOptions) => SviMetrics<T>;
  /**
   * The gradient of the loss that a step would use, for the parameters that are trained, by name; of phases,
   * each one's at the state's parameters, under the name of the phase.
   */
  readonly gradients: (state: SviState, batch: B) => Params;
  /** The bound as a function of tensors alone. The caller frees. */
  readonly bound: (state: StepState, noise: NoiseSource, batch: B) => ObjectiveMetrics;
  /** The key that the reported bound of a state's next step is drawn from. */
  readonly drawKey: (state: SviState) => Key;
  /** The structure of model and guide. */
  readonly structure: (key: Key, batch: B) => Structure;
  readonly model: (batch: B) => Program<E, unknown>;
  readonly guide: (batch: B) => Program<unknown, unknown>;
  readonly objective: Objective;
  /** The updates that a step is made of, in order. */
  readonly stages: readonly Stage<B>[];
  /** The name of the phase that is reported; empty where there is but one. */
  readonly reported: string;
}
