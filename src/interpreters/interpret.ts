/** The one loop that runs a program: each instruction is answered with one tensor. */
import type { Program, Tensor } from '../../dsl/index.js';
import type { Instruction } from '../../dsl/program/instruction.js';
import { instructionOf, visitsOf } from '../../dsl/program/program.js';

/** Runs a program, answering its instructions in order. */
export const interpret = <E, A>(
  program: Program<E, A>,
  answer: (instruction: Instruction) => Tensor,
): A => {
  const visits = visitsOf(program);
  let next = visits.next();
  while (next.done !== true) next = visits.next(answer(instructionOf(next.value)));
  return next.value;
};
