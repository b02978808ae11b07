/** How training ends. */
import type { NonFinite } from '../non-finite.js';
import type { SviState } from '../svi.js';

/**
 * Why training stopped early. The state is the caller's to free: that before the step whose loss is
 * not finite, that which could not be saved, or that before the batch which does not compile, where
 * steps were taken before it. So nothing is lost without a checkpoint: it can be saved, or trained on
 * from. Its parameters are finite unless the update before was not.
 */
export type FitError<C = never> =
  | {
      readonly tag: 'nonFinite';
      readonly where: NonFinite;
      readonly loss: number;
      readonly state: SviState;
    }
  | { readonly tag: 'notCompiled'; readonly reason: string; readonly state?: SviState }
  | { readonly tag: 'checkpoint'; readonly error: C; readonly state: SviState };

/** How training ended; `finished` is false where it was cancelled. The state is the caller's. */
export interface Fitted {
  readonly state: SviState;
  readonly finished: boolean;
}
