/** When states are saved, and what comes of it. */
import * as E from 'fp-ts/lib/Either.js';
import type { SviState } from '../inference/svi-state.js';
import { type Trouble, attempt } from './fit-error.js';
import type { Checkpointing } from './fit-options.js';

/** The saves of a run. */
export interface Saves<C> {
  /** Steps until one is due, as far as steps alone decide. */
  readonly stepsLeft: (at: number) => number;
  readonly due: (at: number) => boolean;
  /** Saves a state, unless it was saved already; it stays the caller's. */
  readonly save: (state: SviState) => Promise<E.Either<Trouble<C>, void>>;
}

const MINUTE = 60_000;

/** The saves of a run that starts at a step, by a clock in milliseconds. */
export const savesOf = <C>(
  checkpoint: Checkpointing<C> | undefined,
  start: number,
  now: () => number = () => performance.now(),
): Saves<C> => {
  if (checkpoint === undefined) {
    return { stepsLeft: () => Infinity, due: () => false, save: async () => E.right(undefined) };
  }
  const { steps = Infinity, minutes = Infinity } = checkpoint.every;
  let savedStep = start;
  let savedAt = now();
  return {
    stepsLeft: (at) => (steps === Infinity ? Infinity : steps - (at % steps)),
    due: (at) => (at > savedStep && at % steps === 0) || now() - savedAt >= minutes * MINUTE,
    save: async (state) => {
      if (state.step === savedStep) return E.right(undefined);
      const done = await attempt('save', () => checkpoint.save(state)());
      savedStep = state.step;
      savedAt = now();
      if (E.isLeft(done)) return done;
      return E.isLeft(done.right)
        ? E.left({ _tag: 'checkpoint', error: done.right.left })
        : E.right(undefined);
    },
  };
};
