/**
 * Stochastic variational inference (Hoffman et al. 2013, arXiv:1206.7051; Ranganath et al. 2014,
 * arXiv:1401.0118): a model, a guide that fits it, an objective and an optimiser make a pure step.
 */
import { demand } from '../../dsl/checks/options.js';
import type { Program, Sites } from '../../dsl/index.js';
import type { Fit } from '../bounds/fit/fit.js';
import type { Objective } from '../bounds/objective.js';
import type { Structure } from '../bounds/dependence/structure.js';
import type { NoiseSource } from '../noise-source.js';
import type { Params } from '../params.js';
import type { Key } from '../random/index.js';
import { inferenceOf } from './phases/inference-of.js';
import type { ObjectiveMetrics, SviMetrics } from './metrics.js';
import type { Optimizer } from './optimizer.js';
import type { KnownGroup, ParamGroup } from './phases/param-group.js';
import { phase } from './phases/phase.js';
import type { StepState, SviState } from './svi-state.js';
import type { Turn } from './phases/turn.js';

export type { SviMetrics } from './metrics.js';
export {
  type HeldOutLoss,
  type StepState,
  type SviState,
  paramValues,
  stateTensors,
} from './svi-state.js';

export interface EvaluateOptions {
  /** Where draws come from; the state's own key and step where it is left out. */
  readonly key?: Key;
}

/**
 * An inference: of one model with one guide, or of several phases, where `model`, `guide`,
 * `objective`, `structure` and `bound` are those of the phase that is reported. `B` is what a batch is.
 */
export interface Svi<B> {
  /**
   * Checks the fit, derives the bound and makes the first state. Parameters that are `given`,
   * unconstrained and by name, start from there. Throws a `GuideMisfitError`.
   */
  readonly init: (key: Key, batch: B, given?: Params) => SviState;
  /** One step: a new state and the loss before the update. The old state is left as it was. */
  readonly step: (state: SviState, batch: B) => readonly [SviState, SviMetrics];
  /**
   * The bound at the state's parameters, without an update, of the programs as they are evaluated; of phases,
   * each one's.
   */
  readonly evaluate: (state: SviState, batch: B, options?: EvaluateOptions) => SviMetrics;
  /**
   * The gradient of the loss that a step would use, for the parameters that are trained; of phases,
   * each one's at the state's parameters, under its name.
   */
  readonly gradients: (state: SviState, batch: B) => Params;
  /** The bound as a function of tensors alone. The caller frees. */
  readonly bound: (state: StepState, noise: NoiseSource, batch: B) => ObjectiveMetrics;
  /** The key that the reported bound of a state's next step is drawn from. */
  readonly drawKey: (state: SviState) => Key;
  /** The structure of model and guide. */
  readonly structure: (key: Key, batch: B) => Structure;
  readonly model: (batch: B) => Program<unknown, unknown>;
  readonly guide: (batch: B) => Program<unknown, unknown>;
  readonly objective: Objective;
  /** The updates that a step is made of, in order. */
  readonly turns: readonly Turn<B>[];
  /** The name of the phase that is reported; empty where there is but one. */
  readonly reported: string;
}

export interface SviSpec<
  B,
  M extends Program<unknown, unknown>,
  G extends Program<unknown, unknown>,
  O extends Objective,
  T extends ParamGroup = ParamGroup,
> {
  readonly model: (batch: B) => M;
  /** The compiler refuses a guide that does not fit the model, and says why. */
  readonly guide: ((batch: B) => G) & Fit<Sites<M>, Sites<G>, O>;
  readonly objective: O;
  /** Left out, nothing is trained: as a phase the inference only evaluates. */
  readonly optimizer?: Optimizer;
  /**
   * Which parameters are trained: those whose name a function accepts, or those named, each with all
   * below it. The others are constants. All are trained where it is left out.
   */
  readonly trains?: T & KnownGroup<Sites<M> | Sites<G>, T>;
}

/**
 * Makes the inference of a model with a guide.
 *
 * - `step(state, batch)` is pure: the same state and batch give the same numbers. Both states'
 *   tensors are the caller's; `freeState(state)` frees one.
 * - Errors: a guide that does not fit throws `GuideMisfitError` in `init`; shapes that do not
 *   broadcast throw `SiteError` there as well, and so do arguments, initial values and data that a
 *   family or a support does not have, which no step looks at, and a group of parameters that names one that
 *   is not there, or that is empty.
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
 *   trains: ['loc'],
 * });
 * const [state] = inference.step(inference.init(key(0), undefined), undefined);
 * state.step; // 1
 * paramValues(state)['scale']?.dataSync()[0]; // 1
 * ```
 */
export const svi = <
  M extends Program<unknown, unknown>,
  G extends Program<unknown, unknown>,
  O extends Objective,
  B = void,
  const T extends ParamGroup = ParamGroup,
>({
  model,
  guide,
  objective,
  optimizer,
  trains,
}: SviSpec<B, M, G, O, T>): Svi<B> => {
  demand(
    trains === undefined || optimizer !== undefined,
    'svi',
    'an optimizer for the parameters that are trained',
    'trains without one',
    'pass optimizer: adam(1e-3), or leave trains out to evaluate alone',
  );
  const only: Turn<B> = {
    name: '',
    phase: phase({
      model,
      guide,
      objective,
      ...(optimizer && { optimizer }),
      ...(trains && { trains }),
    }),
    paces: [],
  };
  return inferenceOf([only], only);
};
