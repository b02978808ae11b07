/** How tensor work is run: the choice that training, evaluation and prediction share. */
import { type Rules, callable, oneOf } from '../../../dsl/options.js';
import { type CompileOptions, compileRules } from '../../compile/compile.js';

/** Operation by operation, as one graph, or as a graph where that can be had. */
export type Engine = 'eager' | 'compiled' | 'auto';

export interface EngineOptions extends CompileOptions {
  /**
   * `auto`, the default, compiles where it can; `compiled` fails where it cannot. What is compiled sees
   * a program's own variables as they were when it was compiled: put what changes into the batch.
   */
  readonly engine?: Engine;
  /** Told once which engine is used, and why. */
  readonly onEngine?: (note: string) => void;
}

/** The rules of these options. */
export const engineRules: Rules<EngineOptions> = {
  engine: oneOf('auto', 'eager', 'compiled'),
  onEngine: callable('(note) => console.log(note)'),
  ...compileRules,
};
