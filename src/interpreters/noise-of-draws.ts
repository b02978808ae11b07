/** Noise of one of several draws that are written down once. */
import * as tf from '@tensorflow/tfjs';
import { type NoiseSource, isSubsample } from '../random/noise-source.js';
import type { Draws } from '../transform/draws.js';

/**
 * What one draw has of noise that is made for all at once, along the last axis of the draws; which elements a
 * plate visits is the same for all.
 */
export const noiseOfDraws =
  (source: NoiseSource, draws: Draws): NoiseSource =>
  (site, block, law, batch) => {
    const count = draws.sizes.at(-1);
    if (count === undefined || isSubsample(site, batch)) return source(site, block, law, batch);
    const all = source(site, block, law, [count, ...batch]);
    const others = draws.sizes.slice(1).map(() => 1);
    return draws.one(tf.reshape(all, [...others, count, ...batch, ...law.shape]));
  };

/** The noise of one of several draws, by its number, where it is drawn by itself. */
export const noiseOfOne =
  (source: NoiseSource, count: number, at = 0): NoiseSource =>
  (site, block, law, batch) => {
    if (isSubsample(site, batch)) return source(site, block, law, batch);
    const all = source(site, block, law, [count, ...batch]);
    return tf.squeeze(tf.slice(all, [at], [1]), [0]);
  };
