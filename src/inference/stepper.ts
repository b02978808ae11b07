/** How training takes its steps: one after another from a state, interpreted or compiled. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { mapped } from '../../dsl/records/dictionary.js';
import type { BatchArrays } from '../compile/container.js';
import { metricTensors } from './metrics.js';
import type { Svi } from './inference.js';
import { type SviState, stateTensors } from './svi-state.js';

/** The losses of some steps, in their order. */
export type Losses = readonly number[] | Float32Array;

/** Losses of steps by phase. */
export type PhaseLosses = Readonly<Record<string, Losses>>;

/** Losses by phase, to which those of more steps are added. */
export interface PhaseLog {
  readonly add: (more: PhaseLosses) => void;
  readonly losses: () => PhaseLosses;
}

export const phaseLog = (): PhaseLog => {
  const byName = new Map<string, number[]>();
  return {
    add: (more) => {
      for (const [name, own] of Object.entries(more)) {
        const before = byName.get(name);
        if (before === undefined) byName.set(name, [...own]);
        else before.push(...own);
      }
    },
    losses: () => Object.fromEntries(byName),
  };
};

/** Steps on batches of one form, which are written where they are read. */
export interface WrittenSteps<B> {
  /** Where: arrays in the form of a batch. */
  readonly into: BatchArrays<B>;
  /**
   * Takes steps, `count` at most, each once `next`, which is told its number, has written its batch,
   * and none where that gives false. Their losses lie where the next call puts its own; otherwise as `advance`.
   */
  readonly advance: (count: number, next: (step: number) => boolean) => Promise<Losses>;
}

/** Takes steps and holds the state between them. */
export interface Stepper<B> {
  /**
   * Steps on one batch, `count` of them or one: their losses, or why this batch cannot be compiled,
   * and no step taken. A loss that is not finite is the last, and its step is not taken, so that
   * what went wrong can be looked at.
   */
  readonly advance: (batch: B, count?: number) => Promise<E.Either<string, readonly number[]>>;
  /** Steps on batches like one that was taken, where such steps are compiled. */
  readonly written?: (batch: B) => WrittenSteps<B> | undefined;
  /** The losses of each phase in the last call, by name; nothing where there is but one. */
  readonly phaseLosses: () => PhaseLosses;
  /** Steps taken so far. */
  readonly at: () => number;
  /** A copy of the state; it is the caller's. */
  readonly state: () => SviState;
  /** Goes back, or on, to a state of the same inference, which stays the caller's. */
  readonly restore: (state: SviState) => void;
  readonly close: () => Promise<void>;
}

const copy = (tensors: SviState['params']): SviState['params'] =>
  mapped(tensors, (x) => tf.clone(x));

/** A state with tensors of its own. */
export const copyState = (state: SviState): SviState => ({
  ...state,
  params: copy(state.params),
  optimizer: copy(state.optimizer),
  carry: copy(state.carry),
});

/**
 * Frees what a state owns.
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
 * freeState(state);
 * state.params.loc.isDisposed; // true
 * ```
 */
export const freeState = (state: SviState): void => {
  tf.dispose([...stateTensors(state)]);
};

/** Steps that are interpreted, kernel by kernel, on the backend in use. */
export const eagerStepper = <B>(svi: Svi<B>, first: SviState): Stepper<B> => {
  let current = copyState(first);
  let phases = phaseLog();
  return {
    advance: async (batch, count = 1) => {
      const losses: number[] = [];
      phases = phaseLog();
      while (losses.length < count) {
        const [next, metrics] = svi.step(current, batch);
        const unused = [next];
        try {
          const [loss = Number.NaN] = await metrics.loss.data();
          for (const [name, { loss: own }] of Object.entries(metrics.phases ?? {})) {
            phases.add({ [name]: [...(await own.data())] });
          }
          losses.push(loss);
          if (!Number.isFinite(loss)) break;
          unused.splice(0, 1, current);
          current = next;
        } finally {
          tf.dispose([...metricTensors(metrics)]);
          unused.forEach(freeState);
        }
      }
      return E.right(losses);
    },
    phaseLosses: () => phases.losses(),
    at: () => current.step,
    state: () => copyState(current),
    restore: (state) => {
      const before = current;
      current = copyState(state);
      freeState(before);
    },
    close: async () => {
      freeState(current);
    },
  };
};
