/** What a phase computes: the two halves of an update, and the bound by itself. */
import type { Carry } from '../../bounds/carry.js';
import type { NoiseSource } from '../../random/noise-source.js';
import type { Params } from '../../interpreters/params.js';
import type { ObjectiveMetrics } from '../metrics.js';
import type { StepState, SviState } from '../svi-state.js';

/** Functions of tensors alone, which are traced and carried out by graphs. */
export interface PhaseParts<B> {
  /**
   * The first half of an update, as a function of tensors alone, noise among them: what is compiled.
   * Gradients are those of the parameters that the phase trains. The caller frees.
   */
  readonly differentiate: (
    state: StepState,
    noise: NoiseSource,
    batch: B,
  ) => {
    readonly metrics: ObjectiveMetrics;
    readonly gradients: Params;
    readonly carry: Carry;
    /** The running averages of the programs after this step, unconstrained. */
    readonly running: Params;
  };
  /** The second half: the next parameters and optimiser state. The caller frees. */
  readonly update: (
    gradients: Params,
    state: Pick<SviState, 'params' | 'optimizer'>,
  ) => Pick<SviState, 'params' | 'optimizer'>;
  /** The bound as a function of tensors alone, of the programs as they are evaluated. The caller frees. */
  readonly bound: (state: StepState, noise: NoiseSource, batch: B) => ObjectiveMetrics;
}
