import * as tf from '@tensorflow/tfjs';
import { at } from '../../contenders/arrays.js';
import type { IwaeCase } from '../../case.js';
import type { Loss } from './loss.js';
import { bernoulliLogProb, decode, dense, encode } from './networks.js';

/**
 * −Σ over images of log (1/K) Σ_k w_k. In log w = log p(x | z) + log p(z) − log q(z | x) the two
 * normals' constants cancel, and log q at its own draw is −½ |ε|² − Σ logScale.
 */
export const iwaeLoss =
  ({ batch, latent, pixels, particles }: IwaeCase): Loss =>
  (params, noise, b) => {
    const x = at(b, 'x');
    const h = encode(params, x);
    const loc = dense(params, 'encoder/loc', h);
    const logScale = dense(params, 'encoder/logScale', h);
    const e = noise('z', [particles, batch, latent]);
    const z = tf.add(loc, tf.mul(tf.exp(logScale), e));
    const logits = tf.reshape(decode(params, tf.reshape(z, [particles * batch, latent])), [
      particles,
      batch,
      pixels,
    ]);
    const likelihood = tf.sum(bernoulliLogProb(x, logits), -1);
    const prior = tf.mul(tf.sum(tf.sub(tf.square(e), tf.square(z)), -1), 0.5);
    const logWeights = tf.add(tf.add(likelihood, prior), tf.sum(logScale, -1));
    return tf.neg(tf.sum(tf.sub(tf.logSumExp(logWeights, 0), Math.log(particles))));
  };
