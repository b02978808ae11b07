/** Where an interpreter's randomness comes from: an input, keyed by site. */
import * as tf from '@tensorflow/tfjs';
import type { Noise, Shape, Tensor } from '../dsl/index.js';
import { SiteError } from '../dsl/index.js';
import { type Key, draw, foldIn } from './random/index.js';

/** Gives block number `block` of the noise of a site, of shape `[...batch, ...noise.shape]`. */
export type NoiseSource = (site: string, block: number, noise: Noise, batch: Shape) => Tensor;

/**
 * Noise that depends on the key, the site's name and nothing else: adding, hiding or reordering
 * sites leaves every other site's draws unchanged.
 *
 * @example
 * ```ts
 * const standard = keyedNoise(key(0))('z', 0, noise('normal', [2]), [5]);
 * standard.shape; // [5, 2]
 * standard.dataSync()[0]; // -1.229546
 * ```
 */
export const keyedNoise =
  (key: Key): NoiseSource =>
  (site, block, noise, batch) =>
    tf.tensor(draw(foldIn(foldIn(key, site), block), noise, batch), [...batch, ...noise.shape]);

/** The source of an interpreter that was given no key: a site that needs noise is a mistake. */
export const noNoise: NoiseSource = (site) => {
  throw new SiteError({
    site,
    expected: 'a key to draw from',
    received: 'none',
    cure: 'Pass { key: key(seed) }, or give the value of every latent site.',
  });
};
