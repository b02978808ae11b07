/** Predictive draws for one batch after another, compiled. */
import type { Program, Tensor } from '../../dsl/index.js';
import { checkOptions, required, whole } from '../../dsl/refusals/options.js';
import { promised } from '../../dsl/records/dictionary.js';
import type { Params } from '../interpreters/params.js';
import { keyRule } from '../random/key-rule.js';
import { functionRunner } from './compiled/function-runner.js';
import { type EngineOptions, engineRules } from './compiled/engine.js';
import { type DrawnNames, type PredictiveOptions, drawPredictive } from './predictive.js';

/** Programs of a batch: what is predicted, and what draws the latent sites. */
export interface PredictorSpec<B, E = unknown> {
  readonly model: (batch: B) => Program<E, unknown>;
  /** Draws the latent sites it has; without one they come from the prior. */
  readonly guide?: (batch: B) => Program<unknown, unknown>;
}

export interface Predictor<B, N extends string = string> {
  /** Draws of every site `N`, `[samples, ...plates, ...event]` by name; they are the caller's. */
  readonly draw: (
    params: Params,
    batch: B,
    options: Pick<PredictiveOptions, 'key' | 'samples'>,
  ) => Promise<Readonly<Record<N, Tensor>>>;
  /** Frees what was compiled. */
  readonly close: () => Promise<void>;
}

/**
 * Compiles predictive draws: each form of batch is compiled when it first comes, and kept. The
 * numbers are those of `predictive` for the same key.
 *
 * - Errors: with `engine: 'compiled'`, what cannot be compiled throws; `auto` interprets it.
 *
 * @example
 * ```ts
 * const prediction = predictor({
 *   model: (x: Tensor) => program(function* () {
 *     const slope = yield* param('slope', 2);
 *     yield* sample('y', normal(tf.mul(slope, x), 1));
 *   }),
 * });
 * const { y } = await prediction.draw({}, tf.scalar(30), { key: key(0), samples: 4 });
 * y.shape; // [4]
 * y.dataSync().every((value) => value > 50 && value < 70); // true
 * await prediction.close();
 * ```
 */
export const predictor = <B, E>(
  { model, guide }: PredictorSpec<B, E>,
  options: EngineOptions = {},
): Predictor<B, DrawnNames<E>> => {
  checkOptions('predictor', options, engineRules);
  const { run, close } = functionRunner<{ readonly batch: B; readonly samples: number }>(
    (params, noise, { batch, samples }) =>
      drawPredictive(model(batch), guide?.(batch), { params, noise, samples }),
    options,
  );
  return {
    draw: async (params, batch, asked) => {
      checkOptions('predictor: draw', asked, {
        key: required(keyRule),
        samples: required(whole()),
      });
      const { key, samples } = asked;
      return promised(await run(params, { batch, samples }, key));
    },
    close,
  };
};
