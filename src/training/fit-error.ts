/** How training ends. */
import * as E from 'fp-ts/lib/Either.js';
import type { NonFinite } from './non-finite/non-finite.js';
import type { HeldOutLoss, SviState } from '../inference/svi-state.js';

/** What was being done when something threw: taking a step, making a batch, telling, evaluating, or saving. */
export type During = 'step' | 'data' | 'callback' | 'evaluation' | 'save';

/** Something that was thrown, or that a promise was rejected with. */
export interface Threw {
  readonly _tag: 'threw';
  readonly during: During;
  readonly error: unknown;
}

/** Why training stopped early. */
export type Trouble<C = never> =
  | { readonly _tag: 'nonFinite'; readonly where: NonFinite; readonly loss: number }
  | { readonly _tag: 'notCompiled'; readonly reason: string }
  | { readonly _tag: 'checkpoint'; readonly error: C }
  | Threw;

/**
 * Why training stopped early, with the last good state, which is the caller's to free: that before
 * the step whose loss is not finite or which threw, that which could not be saved, or that before the
 * batch which does not compile. All of it is finite, also where the last update was not, so that it
 * can be saved, or trained on from.
 */
export type FitError<C = never, P extends string = string> = Trouble<C> & {
  readonly state: SviState<P>;
};

/** How training ended. The state is the caller's. */
export interface Fitted<P extends string = string> {
  readonly state: SviState<P>;
  /** False where it was cancelled; it is finished as well where held-out losses ended it. */
  readonly finished: boolean;
  /** The held-out losses, in the order of their steps; empty where none were asked for. */
  readonly heldOut: readonly HeldOutLoss[];
}

/** What `body` gives; what it throws, or what its promise is rejected with, as a value. */
export const attempt = async <A>(
  during: During,
  body: () => A | Promise<A>,
): Promise<E.Either<Threw, A>> => {
  try {
    return E.right(await body());
  } catch (error) {
    return E.left({ _tag: 'threw', during, error });
  }
};
