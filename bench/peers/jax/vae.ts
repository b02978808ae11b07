import { numpy as np, random } from '@jax-js/jax';
import { at } from '../../contenders/arrays.js';
import type { VaeCase } from '../../case.js';
import type { Loss } from './loss.js';
import { strictlyLower } from '../strictly-lower.js';
import { bernoulliLogProb, decode, dense, encode } from './networks.js';

/** ½ Σ (exp(2 logScale) + loc² − 1 − 2 logScale); owns its arguments. */
const diagonalKl = (loc: np.Array, logScale: np.Array): np.Array =>
  np.sum(np.exp(logScale.ref.mul(2)).add(np.square(loc)).sub(logScale.mul(2)).sub(1)).mul(0.5);

const diagonal =
  ({ batch, latent }: VaeCase): Loss =>
  (params, key, b) => {
    const x = at(b, 'x');
    const h = encode(params, x.ref);
    const loc = dense(params, 'encoder/loc', h.ref);
    const logScale = dense(params, 'encoder/logScale', h);
    const z = loc.ref.add(np.exp(logScale.ref).mul(random.normal(key, [batch, latent])));
    const likelihood = np.sum(bernoulliLogProb(x, decode(params, z)));
    return diagonalKl(loc, logScale).sub(likelihood);
  };

const full = ({ batch, latent }: VaeCase): Loss => {
  const entries = strictlyLower(latent);
  const columns = Int32Array.from(entries, ([, j]) => j);
  const rowSums = Float32Array.from(
    entries.flatMap(([i]) => Array.from({ length: latent }, (_, r) => Number(r === i))),
  );
  return (params, key, b) => {
    const x = at(b, 'x');
    const h = encode(params, x.ref);
    const loc = dense(params, 'encoder/loc', h.ref);
    const logScale = dense(params, 'encoder/logScale', h.ref);
    const lower = dense(params, 'encoder/lower', h).div(latent);
    const e = random.normal(key, [batch, latent]);
    const met = np.take(e.ref, np.array(columns), 1);
    const turned = np.matmul(
      lower.ref.mul(met),
      np.array(rowSums, { shape: [entries.length, latent] }),
    );
    const z = loc.ref.add(np.exp(logScale.ref).mul(e)).add(turned);
    const likelihood = np.sum(bernoulliLogProb(x, decode(params, z)));
    const kl = diagonalKl(loc, logScale).add(np.sum(np.square(lower)).mul(0.5));
    return kl.sub(likelihood);
  };
};

export const vaeLoss = (of: VaeCase): Loss => {
  switch (of.posterior) {
    case 'diagonal':
      return diagonal(of);
    case 'full':
      return full(of);
  }
};
