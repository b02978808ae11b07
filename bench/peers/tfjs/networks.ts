/** The encoder and the decoder of the autoencoders. */
import * as tf from '@tensorflow/tfjs';
import { at } from '../../contenders/arrays.js';
import type { Named } from './loss.js';

export const dense = (params: Named, name: string, x: tf.Tensor): tf.Tensor =>
  tf.add(tf.matMul(x, at(params, `${name}/kernel`)), at(params, `${name}/bias`));

export const encode = (params: Named, x: tf.Tensor): tf.Tensor =>
  tf.relu(dense(params, 'encoder/0', x));

export const decode = (params: Named, z: tf.Tensor): tf.Tensor =>
  dense(params, 'decoder/out', tf.relu(dense(params, 'decoder/0', z)));

/** log p(x | logits) of every pixel. */
export const bernoulliLogProb = (x: tf.Tensor, logits: tf.Tensor): tf.Tensor =>
  tf.sub(tf.mul(x, logits), tf.softplus(logits));
