import * as tf from '@tensorflow/tfjs';
import { at } from '../../contenders/arrays.js';
import type { VaeCase } from '../../case.js';
import { strictlyLower } from '../strictly-lower.js';
import type { Loss } from './loss.js';
import { bernoulliLogProb, decode, dense, encode } from './networks.js';

/** ½ Σ (exp(2 logScale) + loc² − 1 − 2 logScale). */
export const diagonalKl = (loc: tf.Tensor, logScale: tf.Tensor): tf.Tensor => {
  const spread = tf.add(tf.exp(tf.mul(logScale, 2)), tf.square(loc));
  return tf.mul(tf.sum(tf.sub(spread, tf.add(tf.mul(logScale, 2), 1))), 0.5);
};

/** z = loc + exp(logScale) ε. */
const diagonal =
  ({ batch, latent }: VaeCase): Loss =>
  (params, noise, b) => {
    const x = at(b, 'x');
    const h = encode(params, x);
    const loc = dense(params, 'encoder/loc', h);
    const logScale = dense(params, 'encoder/logScale', h);
    const z = tf.add(loc, tf.mul(tf.exp(logScale), noise('z', [batch, latent])));
    return tf.sub(diagonalKl(loc, logScale), tf.sum(bernoulliLogProb(x, decode(params, z))));
  };

/**
 * The same with L = diag(exp(logScale)) + lower: z = loc + L ε, and |L|² in the divergence. The
 * matrix is never made: each entry meets its column of ε, and rows are added up by a product.
 */
const full = ({ batch, latent }: VaeCase): Loss => {
  const entries = strictlyLower(latent);
  const columns = tf.tensor1d(
    entries.map(([, j]) => j),
    'int32',
  );
  const rowSums = tf.tensor2d(
    entries.flatMap(([i]) => Array.from({ length: latent }, (_, r) => Number(r === i))),
    [entries.length, latent],
  );
  return (params, noise, b) => {
    const x = at(b, 'x');
    const h = encode(params, x);
    const loc = dense(params, 'encoder/loc', h);
    const logScale = dense(params, 'encoder/logScale', h);
    const lower = tf.div(dense(params, 'encoder/lower', h), latent);
    const e = noise('z', [batch, latent]);
    const turned = tf.matMul(tf.mul(lower, tf.gather(e, columns, 1)), rowSums);
    const z = tf.add(tf.add(loc, tf.mul(tf.exp(logScale), e)), turned);
    const kl = tf.add(diagonalKl(loc, logScale), tf.mul(tf.sum(tf.square(lower)), 0.5));
    return tf.sub(kl, tf.sum(bernoulliLogProb(x, decode(params, z))));
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
