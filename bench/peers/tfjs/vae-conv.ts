import * as tf from '@tensorflow/tfjs';
import { at } from '../../contenders/arrays.js';
import type { ConvolutionalVaeCase } from '../../case.js';
import type { Loss, Named } from './loss.js';
import { bernoulliLogProb, dense } from './networks.js';
import { diagonalKl } from './vae.js';

const filters = (params: Named, name: string): tf.Tensor4D => {
  const kernel = at(params, `${name}/kernel`);
  const [rows = 0, columns = 0, from = 0, to = 0] = kernel.shape;
  return kernel.as4D(rows, columns, from, to);
};

/** −ELBO of a convolutional autoencoder. */
export const convolutionalVaeLoss = ({
  batch,
  side,
  channels: [one, two],
  latent,
}: ConvolutionalVaeCase): Loss => {
  const small = side / 4;
  return (params, noise, b) => {
    const convolved = (x: tf.Tensor4D, name: string): tf.Tensor4D =>
      tf.relu(tf.add(tf.conv2d(x, filters(params, name), 2, 'same'), at(params, `${name}/bias`)));
    const widened = (x: tf.Tensor4D, name: string, to: number): tf.Tensor4D => {
      const wide: [number, number, number, number] = [batch, 2 * x.shape[1], 2 * x.shape[2], to];
      return tf.add(
        tf.conv2dTranspose(x, filters(params, name), wide, 2, 'same'),
        at(params, `${name}/bias`),
      );
    };
    const x = at(b, 'x');
    const seen = convolved(tf.reshape(x, [batch, side, side, 1]), 'encoder/down');
    const h = tf.reshape(convolved(seen, 'encoder/deep'), [batch, -1]);
    const loc = dense(params, 'encoder/loc', h);
    const logScale = dense(params, 'encoder/logScale', h);
    const z = tf.add(loc, tf.mul(tf.exp(logScale), noise('z', [batch, latent])));
    const wide = tf.relu(dense(params, 'decoder/wide', z));
    const up = tf.relu(widened(tf.reshape(wide, [batch, small, small, two]), 'decoder/up', one));
    const logits = tf.reshape(widened(up, 'decoder/out', 1), [batch, -1]);
    return tf.sub(diagonalKl(loc, logScale), tf.sum(bernoulliLogProb(x, logits)));
  };
};
