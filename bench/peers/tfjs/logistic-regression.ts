import * as tf from '@tensorflow/tfjs';
import { at } from '../../contenders/arrays.js';
import type { LogisticRegressionCase } from '../../case.js';
import type { Loss } from './loss.js';
import { bernoulliLogProb } from './networks.js';

export const logisticRegressionLoss =
  ({ rows, columns, batch }: LogisticRegressionCase): Loss =>
  (params, noise, b) => {
    const loc = at(params, 'loc');
    const logScale = at(params, 'scale');
    const scale = tf.exp(logScale);
    const weights = tf.add(loc, tf.mul(scale, noise('weights', [columns])));
    const logits = tf.reshape(tf.matMul(at(b, 'x'), tf.reshape(weights, [columns, 1])), [batch]);
    const likelihood = tf.mul(tf.sum(bernoulliLogProb(at(b, 'y'), logits)), rows / batch);
    const squares = tf.sum(tf.add(tf.square(scale), tf.square(loc)));
    const kl = tf.sub(tf.mul(tf.sub(squares, columns), 0.5), tf.sum(logScale));
    return tf.sub(kl, likelihood);
  };
