/** A case written in the language. */
import type { Contender, Problem } from '../contender.js';
import { compiled } from './compiled.js';

export const marginalia = (problem: Problem): Promise<Contender> =>
  compiled(problem, 'the language, compiled');
