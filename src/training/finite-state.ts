/** Whether a state can be trained on from: one bad number in it spoils all that comes after. */
import { namedState } from '../inference/named-state.js';
import type { SviState } from '../inference/svi-state.js';

/** A number of a state that is not finite, and the tensor that it is in. */
export interface BadNumber {
  readonly name: string;
  readonly value: number;
}

/** The first number among parameters and what the optimiser remembers that is not finite. */
export const firstNonFinite = (state: SviState): BadNumber | undefined => {
  for (const [name, x] of Object.entries(namedState({ ...state, carry: {} }))) {
    const values = x.dataSync();
    // A loop: the methods of typed arrays that take a function need ten times as long.
    for (let i = 0; i < values.length; i += 1) {
      const value = values[i] ?? 0;
      if (!Number.isFinite(value)) return { name, value };
    }
  }
  return undefined;
};
