/** How tensor work is run: the choice that training, evaluation and prediction share. */
import { type Rules, callable, oneOf } from '../../../dsl/refusals/options.js';
import { type CompileOptions, compileRules } from '../../compile/compile.js';

/** Interpreted kernel by kernel, compiled as one program, or whichever the cost model finds cheaper. */
export type Engine = 'eager' | 'compiled' | 'auto';

export interface EngineOptions extends CompileOptions {
  /**
   * `auto`, the default, takes for each form of batch what costs least; `eager` interprets the graph of a step by
   * the kernels of the backend in use; `compiled` fails where nothing can be compiled. A graph sees a program's own
   * variables as they were when it was traced: put what changes into the batch.
   */
  readonly engine?: Engine;
  /** Told for each form of batch, in one line, what runs it and what that costs by the model. */
  readonly onEngine?: (note: string) => void;
}

/** The rules of these options. */
export const engineRules: Rules<EngineOptions> = {
  engine: oneOf('auto', 'eager', 'compiled'),
  onEngine: callable('(note) => console.log(note)'),
  ...compileRules,
};
