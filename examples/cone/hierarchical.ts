/** A bound for guides with an auxiliary variable, written as any user can. */
import * as tf from '@tensorflow/tfjs';
import type { Objective, Tensor } from 'marginalia';
import {
  type Joint,
  fromDraws,
  logPowerMean,
  logWeights,
  rescored,
  sumOverData,
  valuesIn,
} from 'marginalia/objectives';

/** The values of `v`, one element of its own plate at a time, each laid out as `u` is. */
const reverseDraws = (joint: Joint): readonly Tensor[] =>
  joint.guide.records.flatMap((site) => {
    const own = site.name === 'v' ? site.plates.at(-1) : undefined;
    if (own === undefined) return [];
    const { v } = valuesIn(joint, 'guide', 'v');
    return tf.split(v, own.count, v.rank + own.axis);
  });

/**
 * E[log 1/M Σ_m (1/K Σ_k 1/w_mk)⁻¹] ≤ log p(data), in nats, with M particles and the weights
 * w_mk = p(data, z_m) r(u_mk | z_m) / q(u_mk, z_m). The guide drew z_m from u_m1; u_m2, …, u_mK are
 * drawn from r. The outer mean is importance weighting; the inner one, harmonic, stands for
 * p(data, z_m) / q(z_m), whose denominator is not known.
 *
 * The guide has a site `u`, its auxiliary variable, and as its innermost plate one of K − 1 elements
 * with the site `v`, drawn from r as in the model, where it cancels.
 * Source: Sobolev and Vetrov 2019, Importance Weighted Hierarchical Variational Inference,
 * arXiv:1905.03290.
 */
export const hierarchical = ({
  particles,
}: {
  readonly particles: number;
}): Objective<{ readonly support: 'within'; readonly gradient: 'pathwise' }> => ({
  name: 'hierarchical',
  particles,
  meaning: { requires: { support: 'within', gradient: 'pathwise' }, over: 'weights' },
  notation: {
    symbol: 'IWHVI',
    formula: {
      text: 'E_q[log 1/M Σ_m (1/K Σ_k 1/w_mk)⁻¹]',
      latex:
        '\\mathbb{E}_q\\left[\\log \\frac{1}{M} \\sum_m \\left(\\frac{1}{K} \\sum_k \\frac{1}{w_{mk}}\\right)^{-1}\\right]',
    },
  },
  preferences: fromDraws,
  estimate: (joint) => {
    const elsewhere = reverseDraws(joint).map((v) =>
      rescored(joint, {
        guide: 'live',
        model: 'live',
        value: (u, site) => (site.name === 'u' ? v : u),
      }),
    );
    const weights = tf.stack([joint, ...elsewhere].map(logWeights));
    const value = sumOverData(joint, logPowerMean(logPowerMean(weights, -1), 1));
    return { value, surrogate: value, terms: {} };
  },
});
