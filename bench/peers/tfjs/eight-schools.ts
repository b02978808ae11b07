import * as tf from '@tensorflow/tfjs';
import { at } from '../../contenders/arrays.js';
import type { EightSchoolsCase } from '../../case.js';
import type { Loss } from './loss.js';
import { HALF_LOG_TWO_PI } from './normal.js';

const SCHOOLS = 8;

const dot = (x: tf.Tensor): tf.Tensor => tf.sum(tf.square(x));

/** The ten latents mu, log tau and t as one vector. */
export const eightSchoolsLoss = ({ logTau: [logTauLoc, logTauScale] }: EightSchoolsCase): Loss => {
  const schools = (x: number): number[] => Array.from({ length: SCHOOLS }, () => x);
  const priorScales = [5, logTauScale, ...schools(1)];
  const priorLoc = tf.tensor1d([0, logTauLoc, ...schools(0)]);
  const priorScale = tf.tensor1d(priorScales);
  const constant =
    priorScales.reduce((sum, s) => sum + Math.log(s) - 0.5, 0) + SCHOOLS * HALF_LOG_TWO_PI;
  return (params, noise, b) => {
    const loc = at(params, 'loc');
    const logScale = at(params, 'logScale');
    const sigma = at(b, 'sigma');
    const scale = tf.exp(logScale);
    const z = tf.add(loc, tf.mul(scale, noise('z', [priorScales.length])));
    const [mu = z, logTau = z, t = z] = tf.split(z, [1, 1, SCHOOLS]);
    const theta = tf.add(mu, tf.mul(tf.exp(logTau), t));
    const squares = tf.add(
      dot(tf.div(tf.sub(at(b, 'y'), theta), sigma)),
      tf.add(dot(tf.div(tf.sub(loc, priorLoc), priorScale)), dot(tf.div(scale, priorScale))),
    );
    const logs = tf.sub(tf.add(tf.sum(tf.log(sigma)), constant), tf.sum(logScale));
    return tf.add(tf.mul(squares, 0.5), logs);
  };
};
