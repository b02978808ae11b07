import { nn, numpy as np, random } from '@jax-js/jax';
import { at } from '../../contenders/arrays.js';
import type { IwaeCase } from '../../case.js';
import type { Loss } from './loss.js';
import { bernoulliLogProb, decode, dense, encode } from './networks.js';

export const iwaeLoss =
  ({ batch, latent, pixels, particles }: IwaeCase): Loss =>
  (params, key, b) => {
    const x = at(b, 'x');
    const h = encode(params, x.ref);
    const loc = dense(params, 'encoder/loc', h.ref);
    const logScale = dense(params, 'encoder/logScale', h);
    const e = random.normal(key, [particles, batch, latent]);
    const z = loc.add(np.exp(logScale.ref).mul(e.ref));
    const logits = decode(params, z.ref.reshape([particles * batch, latent])).reshape([
      particles,
      batch,
      pixels,
    ]);
    const likelihood = np.sum(bernoulliLogProb(x, logits), -1);
    const prior = np.sum(np.square(e).sub(np.square(z)), -1).mul(0.5);
    const logWeights = likelihood.add(prior).add(np.sum(logScale, -1));
    return np.sum(nn.logsumexp(logWeights, 0).sub(Math.log(particles))).neg();
  };
