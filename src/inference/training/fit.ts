import type * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Progress } from './progress.js';
import type { FitError, Fitted } from './fit-error.js';
import type { FitOptions } from './fit-options.js';
import { training } from './training.js';

/**
 * Trains to the end and returns the final state; `onProgress` is told what `training` yields.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: (x: Tensor) => plate('data', x.shape[0] ?? 0, program(function* () {
 *     const loc = yield* param('loc', 0);
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
export const fit =
  <B extends tf.TensorContainer, C = never>(
    options: FitOptions<B, C> & { readonly onProgress?: (progress: Progress) => void },
  ): TaskEither<FitError<C>, Fitted> =>
  async () => {
    const run = training(options);
    let next = await run.next();
    try {
      while (next.done !== true) {
        options.onProgress?.(next.value);
        next = await run.next();
      }
    } catch (error) {
      // A listener that throws must not leave the training's tensors behind.
      await run.return(E.left({ tag: 'notCompiled', reason: 'stopped' }));
      throw error;
    }
    return next.value;
  };
