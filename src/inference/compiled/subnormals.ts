/**
 * Puts zero for what is below the normal numbers, where a moment that decays is stuck for good: many
 * processors take some hundred cycles over each instruction that meets such a number, and WebAssembly
 * cannot ask them to take it for zero.
 */
import type { Arrays } from '../../compile/arena.js';

/** How many steps pass between two looks: a look takes as long as some steps. */
const STEPS_BETWEEN_LOOKS = 256;

/** The least normal float32, 2^−126. */
const LEAST_NORMAL = 2 ** -126;

/** Looks through a state. When is told by its step alone, so that a run that goes on is the same. */
export const withoutSubnormals = (state: Arrays, step: number): void => {
  if (step % STEPS_BETWEEN_LOOKS !== 0) return;
  for (const x of Object.values(state)) {
    for (let i = 0; i < x.length; i += 1) if (Math.abs(x[i] ?? 0) < LEAST_NORMAL) x[i] = 0;
  }
};
