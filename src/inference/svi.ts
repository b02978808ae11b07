/**
 * Stochastic variational inference (Hoffman et al. 2013, arXiv:1206.7051; Ranganath et al. 2014,
 * arXiv:1401.0118): a model, a guide that fits it, an objective and an optimiser make a pure step.
 */
import { demand } from '../../dsl/refusals/options.js';
import type { Program, SitesOf } from '../../dsl/index.js';
import type { Names } from '../../dsl/program/site.js';
import type { GuideFit, Naming } from '../bounds/fit/fit.js';
import type { Objective } from '../bounds/objective.js';
import type { Svi } from './inference.js';
import { inferenceOf } from './phases/inference-of.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { GroupName, ParamGroup } from './phases/param-group.js';
import { type PhaseSpec, phase } from './phases/phase.js';
import type { Stage } from './phases/stage.js';

/** The terms that an objective is reported by. */
type TermNames<O extends Objective> = keyof ReturnType<O['estimate']>['terms'] & string;

export interface SviSpec<
  B,
  M extends Program<unknown, unknown>,
  G extends Program<unknown, unknown>,
  O extends Objective,
  T extends string = string,
> {
  readonly model: (batch: B) => M;
  /** The compiler refuses a guide that does not fit the model, and says why. */
  readonly guide: GuideFit<SitesOf<M>, SitesOf<G>, O, (batch: B) => G>;
  /** The compiler refuses one that names what is no latent site of the model. */
  readonly objective: Naming<SitesOf<M>, O>;
  /** Left out, nothing is trained: as a phase the inference only evaluates. */
  readonly optimizer?: Optimizer;
  /**
   * Which parameters are trained: those whose name a function accepts, or those named, each with all
   * below it. The others are constants. All are trained where it is left out.
   */
  readonly trains?: ParamGroup<GroupName<T, Names<SitesOf<M> | SitesOf<G>, 'param'>>>;
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
 * item(paramValues(state).scale); // 1
 * ```
 */
export function svi<
  M extends Program<unknown, unknown>,
  G extends Program<unknown, unknown>,
  O extends Objective,
  B = void,
  const T extends string = string,
>(
  spec: SviSpec<B, M, G, O, T>,
): Svi<B, Names<SitesOf<M> | SitesOf<G>, 'param'>, SitesOf<M>, TermNames<O>>;
export function svi<B>({ model, guide, objective, optimizer, trains }: PhaseSpec<B>): Svi<B> {
  demand(
    trains === undefined || optimizer !== undefined,
    'svi',
    'an optimizer for the parameters that are trained',
    'trains without one',
    'pass optimizer: adam(1e-3), or leave trains out to evaluate alone',
  );
  const only: Stage<B> = {
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
}
