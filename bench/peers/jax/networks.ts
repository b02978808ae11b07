/** The encoder and the decoder of the autoencoders. */
import { nn, numpy as np } from '@jax-js/jax';
import { at } from '../../contenders/arrays.js';
import type { Named } from './loss.js';

export const dense = (params: Named, name: string, x: np.Array): np.Array =>
  np.matmul(x, at(params, `${name}/kernel`)).add(at(params, `${name}/bias`));

export const encode = (params: Named, x: np.Array): np.Array =>
  nn.relu(dense(params, 'encoder/0', x));

export const decode = (params: Named, z: np.Array): np.Array =>
  dense(params, 'decoder/out', nn.relu(dense(params, 'decoder/0', z)));

/** log p(x | logits) of every pixel. */
export const bernoulliLogProb = (x: np.Array, logits: np.Array): np.Array =>
  x.mul(logits.ref).sub(np.logaddexp(logits, 0));
