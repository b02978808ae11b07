/** Noise seen through another: some particles of many, some rows of a plate, other names. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { type NoiseSource, isSubsample, noiseName, noiseOwner } from '../../random/noise-source.js';

/** The noise that particles `first` to `first + count − 1` of `of` have, for a run of `count`. */
export const particlesOf =
  (all: NoiseSource, of: number, first: number, count: number): NoiseSource =>
  (site, block, noise, batch) => {
    if (isSubsample(site, batch)) return all(site, block, noise, batch);
    const inner = count === 1 ? batch : batch.slice(1);
    const whole = all(site, block, noise, [of, ...inner]);
    const part = tf.slice(whole, [first], [count]);
    return tf.reshape(part, [...batch, ...noise.shape]);
  };

/** The noise of a run in which each of `of` particles is there twice. */
export const doubled =
  (all: NoiseSource, of: number): NoiseSource =>
  (site, block, noise, batch) => {
    if (isSubsample(site, batch)) return all(site, block, noise, batch);
    const once = all(site, block, noise, [of, ...batch.slice(1)]);
    return tf.concat([once, once], 0);
  };

/**
 * The noise of some rows of a plate, for a run that visits those rows alone: at each site in `axes`,
 * which names the plate's axis counted from the right of the batch.
 */
export const rowsOfPlate =
  (all: NoiseSource, axes: ReadonlyMap<string, number>, size: number, rows: Tensor): NoiseSource =>
  (site, block, noise, batch) => {
    const axis = axes.get(site);
    if (axis === undefined) return all(site, block, noise, batch);
    const at = batch.length + axis;
    const whole = all(
      site,
      block,
      noise,
      batch.map((n, i) => (i === at ? size : n)),
    );
    return tf.gather(whole, rows, at);
  };

/** Noise by other names: `original` is what a site, a parameter or a plate was called before. */
export const renamedNoise =
  (all: NoiseSource, original: (name: string) => string): NoiseSource =>
  (asked, block, noise, batch) => {
    const before = (name: string): string => {
      const owner = noiseOwner(name);
      return noiseName(owner.kind, (owner.kind === 'dream' ? before : original)(owner.name));
    };
    return all(before(asked), block, noise, batch);
  };
