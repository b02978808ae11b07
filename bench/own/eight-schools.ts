/** Eight schools by hand, with the parameters of the language's guide. */
import * as tf from '@tensorflow/tfjs';
import { at } from '../contenders/arrays.js';
import type { EightSchoolsCase } from '../case.js';
import type { Loss } from '../peers/tfjs/loss.js';
import { normalKl, normalLogProb } from '../peers/tfjs/normal.js';

export const eightSchoolsByHand =
  ({ logTau: [logTauLoc, logTauScale] }: EightSchoolsCase): Loss =>
  (params, noise, b) => {
    const draw = (name: string, shape: readonly number[]): tf.Tensor =>
      tf.add(
        at(params, `${name}/loc`),
        tf.mul(tf.exp(at(params, `${name}/scale`)), noise(name, shape)),
      );
    const kl = (name: string, loc: number, scale: number): tf.Tensor =>
      tf.sum(normalKl(at(params, `${name}/loc`), at(params, `${name}/scale`), loc, scale));
    const sigma = at(b, 'sigma');
    const theta = tf.add(draw('mu', []), tf.mul(tf.exp(draw('logTau', [])), draw('t', [8])));
    const likelihood = tf.sum(normalLogProb(at(b, 'y'), theta, sigma, tf.log(sigma)));
    const divergence = tf.add(
      tf.add(kl('mu', 0, 5), kl('logTau', logTauLoc, logTauScale)),
      kl('t', 0, 1),
    );
    return tf.sub(divergence, likelihood);
  };
