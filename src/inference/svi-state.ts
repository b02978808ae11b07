/** The state of an inference: parameters by name, and what optimisers and objectives remember. */
import * as tf from '@tensorflow/tfjs';
import { type ContinuousSupport, type Support, type Tensor, bijectorTo } from '../../dsl/index.js';
import { entryOf, mapped, promised } from '../../dsl/records/dictionary.js';
import type { Derivation } from '../bounds/derivation.js';
import type { Carry } from '../bounds/carry.js';
import { type ParamValues, type Params, inSupports } from '../interpreters/params.js';
import type { Key } from '../random/index.js';
import { tidied } from '../../dsl/tensors/tidied.js';
import { type OptimizerState } from '../optimizers/optimizer.js';

/** A loss on data that are not trained on. */
export interface HeldOutLoss {
  /** How many steps were taken before it. */
  readonly step: number;
  /**
   * The mean of the batches' losses, weighed by their elements, in nats per element of the plate that is the
   * batch; where there is none and for a loss that a program returns, in the unit of the loss.
   */
  readonly loss: number;
}

/** Everything that training needs to go on: save it and resume exactly. `P` are the names of the parameters. */
export interface SviState<P extends string = string> {
  readonly params: Params<P>;
  /** Of several phases, each one's under its name. */
  readonly optimizer: OptimizerState;
  /** What the objective remembers from step to step; empty for most. Of phases, as `optimizer`. */
  readonly carry: Carry;
  /** Steps taken. */
  readonly step: number;
  /** Where all randomness comes from. */
  readonly key: Key;
  readonly derivation: Derivation;
  /** Where each parameter lives. */
  readonly supports: Readonly<Record<P, ContinuousSupport>>;
  /** What entries of `optimizer` may be, where they are not any finite numbers. */
  readonly optimizerSupports: Readonly<Record<string, Support>>;
  /** The held-out losses so far, where training took some. */
  readonly heldOut?: readonly HeldOutLoss[];
}

/** What a step is computed from, beside its noise and batch. */
export interface StepState extends Pick<SviState, 'params' | 'derivation' | 'carry'> {
  /** Steps taken before this one, a scalar: schedules are functions of it. */
  readonly step: Tensor;
}

/**
 * The tensors that a state owns.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: () => program(function* () {
 *     yield* observe('x', normal(yield* param('loc', 3), 1), 2);
 *   }),
 *   guide: () => of({}),
 *   objective: elbo(),
 *   optimizer: sgd(0.1),
 * });
 * const state = inference.init(key(0));
 * stateTensors(state).map((x) => x.dataSync()[0]); // [3]
 * ```
 */
export const stateTensors = ({ params, optimizer, carry }: SviState): readonly Tensor[] => [
  ...Object.values(params),
  ...Object.values(optimizer),
  ...Object.values(carry),
];

/** The state with tensors of its own in place of those that it shares with `other`. */
export const apartFrom = (other: SviState, state: SviState): SviState => {
  const shared = new Set(stateTensors(other));
  const apart = (record: Params): Params =>
    mapped(record, (x) => (shared.has(x) ? tf.clone(x) : x));
  return {
    ...state,
    params: apart(state.params),
    optimizer: apart(state.optimizer),
    carry: apart(state.carry),
  };
};

/**
 * The values of a state's parameters, each in its support: what the programs see. They are the
 * caller's. What takes `params` takes `state.params`, which are unconstrained, and refuses these.
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
 * item(paramValues(inference.init(key(0))).scale); // 2
 * ```
 */
export const paramValues = <P extends string>({ params, supports }: SviState<P>): ParamValues<P> =>
  inSupports(
    promised(
      tidied(
        () =>
          mapped(params, (x: Tensor, name) => {
            const support = entryOf(supports, name);
            return support === undefined ? tf.clone(x) : tf.clone(bijectorTo(support).forward(x));
          }),
        (values) => Object.values(values),
      ),
    ),
  );
