/**
 * Optimisers as pure transformations of gradients: `init` makes a state, `update` turns gradients
 * into what is added to the parameters. They compose with `chained`.
 *
 * Every state is a record of tensors and every update is made of elementwise operations (and a
 * norm), so that a whole step is one pure function.
 */
import * as tf from '@tensorflow/tfjs';
import { type Support, type Tensor, integers } from '../../dsl/index.js';
import { entryOf, joined, mapped } from '../../dsl/records/dictionary.js';
import type { Params } from '../interpreters/params.js';
import { putUnder, takeUnder } from '../../dsl/records/record-paths.js';

/** What an optimiser remembers between steps, by name. */
export type OptimizerState = Readonly<Record<string, Tensor>>;

export interface OptimizerUpdate {
  /** What is added to each parameter. */
  readonly updates: Params;
  readonly state: OptimizerState;
}

export interface Optimizer {
  /**
   * What the entries of its state may be, each under its name or that of all below it: finite where it
   * is left out. A checkpoint with others is refused.
   */
  readonly supports?: Readonly<Record<string, Support>>;
  readonly init: (params: Params) => OptimizerState;
  readonly update: (gradients: Params, state: OptimizerState, params: Params) => OptimizerUpdate;
  /** Where it goes by held-out losses: its state after one more of them, in tensors of its own. */
  readonly observe?: (state: OptimizerState, loss: number) => OptimizerState;
}

/** What a count of steps may be. */
export const counts: Support = integers(0, Infinity);

/** What each entry of a state may be, where the optimiser says. */
export const entrySupports = (
  { supports = {} }: Optimizer,
  state: OptimizerState,
): Readonly<Record<string, Support>> =>
  Object.fromEntries(
    Object.keys(state).flatMap((name) =>
      Object.entries(supports)
        .filter(([group]) => name === group || name.startsWith(`${group}/`))
        .map(([, support]) => [name, support]),
    ),
  );

/** The entry of a state; it is an error of the caller to ask for one that `init` did not make. */
export const entry = (state: OptimizerState, name: string): Tensor => {
  const found = entryOf(state, name);
  if (found === undefined) {
    throw new Error(
      `optimizer: expected a state with the entry '${name}', but got ${Object.keys(state).join(', ') || 'none'}; ` +
        'use the state that this optimizer made.',
    );
  }
  return found;
};

/** Zeros shaped as the parameters, under a prefix: the start of a running average. */
export const zerosFor = (prefix: string, params: Params): OptimizerState =>
  putUnder(
    prefix,
    mapped(params, (x) => tf.zerosLike(x)),
  );

/**
 * Applies transformations in order, each to the updates of the one before.
 *
 * @example
 * ```ts
 * const optimizer = chained(clipByGlobalNorm(1), scaleByLearningRate(0.5));
 * const gradients = { w: tf.scalar(4) };
 * optimizer.update(gradients, optimizer.init(gradients), {}).updates['w']?.dataSync()[0]; // -0.5
 * ```
 */
export const chained = (...steps: readonly Optimizer[]): Optimizer => ({
  ...(steps.some((s) => s.observe) && {
    observe: (state, loss) =>
      joined(
        steps.map((s, i) => {
          const own = takeUnder(i, state);
          return putUnder(i, s.observe?.(own, loss) ?? mapped(own, (x) => tf.clone(x)));
        }),
      ),
  }),
  supports: joined(steps.map((s, i) => putUnder(i, s.supports ?? {}))),
  init: (params) => joined(steps.map((s, i) => putUnder(i, s.init(params)))),
  update: (gradients, state, params) =>
    steps.reduce<OptimizerUpdate>(
      (so, step, i) => {
        const next = step.update(so.updates, takeUnder(i, state), params);
        return { updates: next.updates, state: { ...so.state, ...putUnder(i, next.state) } };
      },
      { updates: gradients, state: {} },
    ),
});
