/** The losses of the steps of a call, in arrays that the next call writes over. */
import type { Arrays, Values } from '../../compile/arena.js';
import type { Losses, PhaseLosses } from '../stepper.js';

/** Reads losses where steps leave them. */
export interface LossLog {
  /** Begins a call of so many steps at most. */
  readonly begin: (most: number) => void;
  /** Reads the loss of a step, and, where it was taken, those of its phases. */
  readonly read: (taken: boolean) => void;
  readonly losses: () => Losses;
  readonly phaseLosses: () => PhaseLosses;
}

/** A log of the loss of a step and of those of its phases by name. */
export const lossLog = (loss: Values | undefined, phases: Arrays): LossLog => {
  let all = new Float32Array();
  let byPhase = Object.entries(phases).map(([name, from]) => ({ name, from, own: all }));
  let read = 0;
  let taken = 0;
  return {
    begin: (most) => {
      read = 0;
      taken = 0;
      if (most <= all.length) return;
      all = new Float32Array(most);
      byPhase = byPhase.map((phase) => ({ ...phase, own: new Float32Array(most) }));
    },
    read: (wasTaken) => {
      all[read] = loss?.[0] ?? Number.NaN;
      read += 1;
      if (!wasTaken) return;
      for (let i = 0; i < byPhase.length; i += 1) {
        const phase = byPhase[i];
        if (phase !== undefined) phase.own[taken] = phase.from[0] ?? Number.NaN;
      }
      taken += 1;
    },
    losses: () => all.subarray(0, read),
    phaseLosses: () =>
      Object.fromEntries(byPhase.map(({ name, own }) => [name, own.subarray(0, taken)])),
  };
};
