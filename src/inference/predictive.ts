/** Draws from the prior or posterior predictive distribution. */
import * as tf from '@tensorflow/tfjs';
import type { Program, Tensor } from '../../dsl/index.js';
import { platesShape } from '../../dsl/program/layout.js';
import { expandTo } from '../../dsl/tensor.js';
import { depthOf } from '../interpreters/depth.js';
import { parameterOf } from '../interpreters/environment.js';
import { type Layout, batchShapeAt } from '../interpreters/layout.js';
import { type DeterministicRecord, type SampleRecord, samplesOf } from '../interpreters/record.js';
import { runProgram } from '../interpreters/run.js';
import { type NoiseSource, keyedNoise } from '../noise-source.js';
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

/** A site's value at every draw and element of its own plates: `[samples, ...plates, ...event]`. */
const byDraw = (r: SampleRecord | DeterministicRecord, layout: Layout): Tensor => {
  const batch = batchShapeAt(layout, r.plates);
  const plates = platesShape(r.plates);
  const { shape } = r.value;
  // A derived value may be the same for all draws; it then lacks the axes to the left of its plates.
  const drawn = r.kind === 'sample' || (shape.length >= batch.length && shape[0] === batch[0]);
  const lefts = drawn ? batch.length : Math.min(plates.length, shape.length);
  const event = r.kind === 'sample' ? r.distribution.eventShape : shape.slice(lefts);
  const full = drawn
    ? tf.reshape(expandTo(r.value, [...batch, ...event]), [layout.particles, ...plates, ...event])
    : expandTo(r.value, [layout.particles, ...plates, ...event]);
  // A fresh tensor: a program may hand out one of its own.
  return tf.clone(full);
};

/** The draws themselves, from any noise. */
export const drawPredictive = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown> | undefined,
  {
    params,
    noise,
    samples,
  }: { readonly params: Params; readonly noise: NoiseSource; readonly samples: number },
): Readonly<Record<string, Tensor>> => {
  const depth = Math.max(
    depthOf(model, { params }),
    guide === undefined ? 0 : depthOf(guide, { params }),
  );
  // One sample keeps its axis too, so that shapes do not depend on how many were asked for.
  const layout: Layout = { particles: samples, depth, enumerated: 0 };
  const options = { layout, noise, parameter: parameterOf(params, noise), validates: true };
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
      r.kind === 'sample' || r.kind === 'deterministic' ? [[r.name, byDraw(r, layout)]] : [],
    ),
  );
};

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
    () => drawPredictive(model, guide, { params, noise: keyedNoise(key), samples }),
    (draws) => Object.values(draws),
  );
