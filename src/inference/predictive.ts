/** Draws from the prior or posterior predictive distribution. */
import type { Program, Tensor } from '../../dsl/index.js';
import { depthOf } from '../interpreters/depth.js';
import { parameterOf } from '../interpreters/environment.js';
import type { Layout } from '../interpreters/layout.js';
import { samplesOf } from '../interpreters/record.js';
import { runProgram } from '../interpreters/run.js';
import { keyedNoise } from '../noise-source.js';
import type { Params } from '../params.js';
import type { Key } from '../random/index.js';
import { scoped } from '../scoped.js';

export interface PredictiveOptions {
  readonly key: Key;
  readonly params?: Params;
  /** How many draws, along the left axis. */
  readonly samples: number;
  /** Draws the latent sites it has; without one they come from the prior. */
  readonly guide?: Program<unknown, unknown>;
}

/**
 * Draws of every sample and deterministic site of a model, `[samples, ...plates, ...event]` by name.
 *
 * Sites that the guide has take its values, all others are drawn from the model: pass the model
 * without its condition to predict data.
 *
 * @example
 * ```ts
 * const draws = predictive(sample('z', normal(0, 1)), { key: key(0), samples: 5 });
 * draws['z']?.shape; // [5]
 * ```
 */
export const predictive = (
  model: Program<unknown, unknown>,
  { key, params = {}, samples, guide }: PredictiveOptions,
): Readonly<Record<string, Tensor>> =>
  scoped(
    () => {
      const depth = Math.max(
        depthOf(model, { params }),
        guide === undefined ? 0 : depthOf(guide, { params }),
      );
      // One sample keeps its axis too, so that shapes do not depend on how many were asked for.
      const layout: Layout = { particles: samples, depth, enumerated: 0 };
      const noise = keyedNoise(key);
      const options = { layout, noise, parameter: parameterOf(params, noise) };
      const drawn = samplesOf(
        guide === undefined
          ? []
          : runProgram(guide, { ...options, choose: () => ({ from: 'noise' }) }).records,
      );
      const { records } = runProgram(model, {
        ...options,
        choose: (i) => {
          const record = drawn.get(i.name);
          return record === undefined ? { from: 'noise' } : { from: 'value', value: record.value };
        },
      });
      return Object.fromEntries(
        records.flatMap((r) =>
          r.kind === 'sample' || r.kind === 'deterministic'
            ? [[r.name, samples === 1 ? r.value.expandDims(0) : r.value]]
            : [],
        ),
      );
    },
    (draws) => Object.values(draws),
  );
