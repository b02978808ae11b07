/**
 * Antithetic pairs: particle k of the first half and of the second are drawn from noise ε and −ε. Each is a
 * draw of its law, so means over particles and gradients stay unbiased, and what is odd in ε has no variance.
 * Source: Hammersley and Morton 1956, doi:10.1017/S0305004100031455; for evolution strategies Salimans
 * et al. 2017, arXiv:1703.03864.
 */
import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor } from '../../../dsl/index.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import { type NoiseSource, noiseOwner } from '../../random/noise-source.js';

/** Noise of sites whose second half of particles is the first one's negative; particles are even. */
export const antitheticNoise =
  (source: NoiseSource): NoiseSource =>
  (site, block, law, batch) => {
    const [particles = 0, ...plates] = batch;
    const owner = noiseOwner(site);
    if (owner.kind !== 'site' || particles === 0) return source(site, block, law, batch);
    if (law.law !== 'normal') {
      throw new SiteError({
        site: siteLabel(owner.name),
        expected: 'a law that is made of normal noise, whose negative is as likely',
        received: `one made of ${law.law} noise`,
        cure: 'Leave out `antithetic`, or draw from a normal and transform it.',
      });
    }
    const half = source(site, block, law, [particles / 2, ...plates]);
    return tf.concat([half, tf.neg(half)], 0);
  };

/** Of each particle what its partner has, along the first axis. */
export const ofPartner = (x: Tensor): Tensor => {
  const half = (x.shape[0] ?? 0) / 2;
  return tf.concat([tf.slice(x, [half], [half]), tf.slice(x, [0], [half])], 0);
};
