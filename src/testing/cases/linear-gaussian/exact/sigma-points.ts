/**
 * Noise under which averages over particles are exact expectations, where what is averaged is a
 * polynomial of degree two in normal noise. So it is for every log density ratio of linear-Gaussian
 * models, and for its gradients.
 */
import * as tf from '@tensorflow/tfjs';
import type { NoiseSource } from '../../../../random/noise-source.js';

/** The noise of one site: how many standard normals one element of it takes. */
export interface NoisyBlock {
  readonly site: string;
  readonly size: number;
}

/** Noise for `particles` particles; a bound needs as many. */
export interface SigmaPoints {
  readonly particles: number;
  readonly noise: NoiseSource;
}

/**
 * The 2d points ±√d eᵢ, of mean 0 and covariance I in d dimensions (Julier and Uhlmann 2004,
 * Unscented Filtering and Nonlinear Estimation, section III, doi:10.1109/JPROC.2003.823141).
 *
 * The elements of a plate share their site's noise, which leaves sums over a plate exact as long as
 * no term depends on two elements.
 */
export const sigmaPoints = (blocks: readonly NoisyBlock[]): SigmaPoints => {
  const dimensions = blocks.reduce((sum, b) => sum + b.size, 0);
  const startOf = new Map(
    blocks.map((b, i) => [b.site, blocks.slice(0, i).reduce((sum, c) => sum + c.size, 0)] as const),
  );
  const particles = Math.max(2, 2 * dimensions);
  return {
    particles,
    noise: (site, _block, noise, batch) => {
      const start = startOf.get(site);
      const size = noise.shape.reduce((product, n) => product * n, 1);
      if (start === undefined || noise.law !== 'normal' || batch[0] !== particles) {
        throw new RangeError(
          `sigmaPoints: expected normal noise of a known site for ${particles} particles, but got ` +
            `${noise.law} noise of '${site}' with batch [${batch.join(', ')}]; name every latent site.`,
        );
      }
      const each = batch.slice(1).reduce((product, n) => product * n, 1) * size;
      const values = Array.from({ length: particles * each }, (_, i) => {
        const particle = Math.floor(i / each);
        const isOwn = Math.floor(particle / 2) === start + (i % size);
        return isOwn ? (particle % 2 === 0 ? 1 : -1) * Math.sqrt(dimensions) : 0;
      });
      return tf.tensor(values, [...batch, ...noise.shape]);
    },
  };
};
