import type * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { callable } from '../../dsl/refusals/options.js';
import { type FitError, type Fitted, attempt } from './fit-error.js';
import { type FitOptions, checkFitOptions } from './fit-options.js';
import type { Progress } from './progress.js';
import { checkedTraining } from './training.js';

/**
 * Trains to the end and returns the final state; `onProgress` is told what `training` yields, and
 * waited for where it returns a promise. Where it gives `'stop'`, as a loss on held-out data may ask for,
 * training ends as `signal` ends it.
 *
 * - Errors: as those of `training`: a mistake that is there from the start rejects the promise, and
 *   whatever happens later, an exception of `onProgress` among it, is a left that holds the last good
 *   state.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: (x: Tensor) => plate('data', x.shape[0] ?? 0, program(function* () {
 *     const loc = yield* shared(param('loc', 0));
 *     yield* observe('x', normal(loc, 1), x);
 *   })),
 *   guide: (_: Tensor) => of({}),
 *   objective: elbo(),
 *   optimizer: adam(0.1),
 * });
 * const data = rowsOf(new Float32Array([1, 2, 3, 4]), []);
 * const fitted = await fit({ svi: inference, data, batchSize: 2, length: { epochs: 3 }, key: key(0) })();
 * E.isRight(fitted) && fitted.right.state.step; // 6
 * ```
 */
export function fit<B extends tf.TensorContainer, C = never, P extends string = string>(
  options: FitOptions<B, C, P> & {
    readonly onProgress?: (progress: Progress<P>) => unknown;
  },
): TaskEither<FitError<C, P>, Fitted<P>>;
export function fit<B extends tf.TensorContainer, C>(
  options: FitOptions<B, C> & { readonly onProgress?: (progress: Progress) => unknown },
): TaskEither<FitError<C>, Fitted> {
  return async () => {
    checkFitOptions('fit', options, { onProgress: callable('(progress) => …') });
    const stop = new AbortController();
    const signal =
      options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
    const run = checkedTraining({ ...options, signal });
    let next = await run.next();
    while (next.done !== true) {
      const { value } = next;
      const told = await attempt('callback', () => options.onProgress?.(value));
      if (E.isRight(told) && told.right === 'stop') stop.abort();
      next = E.isRight(told) ? await run.next() : await run.throw(told.left.error);
    }
    return next.value;
  };
}
