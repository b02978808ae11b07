/**
 * Puts zero for what is below the normal numbers, where a moment that decays is stuck for good: many
 * processors take some hundred cycles over each instruction that meets such a number, and WebAssembly
 * cannot ask them to take it for zero.
 */
import { flushOver, stretchesOf } from '../../compile/webassembly/flush.js';
import type { StepMemory } from './step-memory.js';

/**
 * How many steps pass between two looks. One costs half of an update; a moment that decays by a tenth in
 * each step would be below the normal numbers for 150 of them, and for good where it decays slower.
 */
const STEPS_BETWEEN_LOOKS = 16;

/** What looks through a state. When is told by its step alone, so that a run that goes on is the same. */
export const withoutSubnormals = async ({
  arena,
  state,
}: StepMemory): Promise<(step: number) => void> => {
  const flush = await flushOver(arena.memory, stretchesOf(Object.values(state)));
  return (step) => {
    if (step % STEPS_BETWEEN_LOOKS === 0) flush();
  };
};
