/** A case written in the language. */
import { isStepCase } from '../case.js';
import type { Contender, Problem } from '../contenders/contender.js';
import { studyOf } from '../cases/study-of.js';
import { called } from './call.js';
import { compiled } from './compiled.js';
import { fitted } from './fit.js';

/** The steps of a case, on so many threads where that is asked for. */
export const marginalia = async (problem: Problem, threads?: number): Promise<Contender> => {
  const { of } = problem;
  if (isStepCase(of)) return compiled(problem, studyOf(of), 'the language, compiled', threads);
  switch (of.kind) {
    case 'fit':
      return fitted(of, problem);
    case 'call':
      return called(problem);
    case 'first-posterior':
      throw new Error(`${of.name} is a program, and takes no steps`);
  }
};
