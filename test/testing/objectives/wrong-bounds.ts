/** Bounds with one mistake each, as somebody would write them. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, iwae, stopGradient } from 'marginalia';
import {
  type Joint,
  estimateWeights,
  logDensities,
  logPowerMean,
  logWeights,
  rescored,
  sumOverData,
} from 'marginalia/objectives';
import {
  BETAS,
  type OwnObjective,
  likeIwae,
  ofWeights,
  riemann,
  temperedMean,
} from './own-bounds.js';

const lower = { bound: 'lower', monotone: 'nondecreasing' } as const;

/** A wrong IWAE by its reduction over particles. */
const reducing = (name: string, reduce: (weights: Tensor) => Tensor): OwnObjective => ({
  name: `IWAE, ${name}`,
  make: likeIwae((joint) => estimateWeights(joint, reduce)),
});

/** One by its value and surrogate. */
const estimating = (
  name: string,
  of: (joint: Joint) => { readonly value: Tensor; readonly surrogate: Tensor },
): OwnObjective => ({
  name: `IWAE, ${name}`,
  make: likeIwae((joint) => ({ ...of(joint), terms: {} })),
});

const both = (value: Tensor) => ({ value, surrogate: value });

const logMeanExp = (weights: Tensor, axis: number): Tensor =>
  tf.sub(tf.logSumExp(weights, axis), Math.log(weights.shape[axis] ?? 1));

const ofValue: readonly OwnObjective[] = [
  reducing('4/3 too large', (w) => tf.mul(logPowerMean(w, 1), 4 / 3)),
  reducing('of the wrong sign', (w) => tf.neg(logPowerMean(w, 1))),
  reducing('a tenth of a nat too high', (w) => tf.add(logPowerMean(w, 1), 0.1)),
  reducing('in bits', (w) => tf.div(logPowerMean(w, 1), Math.LN2)),
  reducing('a sum of weights for their mean', (w) => tf.logSumExp(w, 0)),
  reducing('weights squared', (w) => logPowerMean(tf.mul(w, 2), 1)),
  reducing('a root of the mean square', (w) => logPowerMean(w, 2)),
  reducing('exponentials as they are', (w) => tf.log(tf.mean(tf.exp(w), 0))),
  reducing('the largest weight', (w) => tf.max(w, 0)),
  reducing('the spread of log w added', (w) =>
    tf.add(tf.mean(w, 0), tf.sub(tf.max(w, 0), tf.min(w, 0))),
  ),
  estimating('log-mean-exp over the data', (joint) => {
    const weights = logWeights(joint);
    return both(sumOverData(joint, tf.mean(logMeanExp(weights, weights.rank - 1), 0)));
  }),
  estimating('log-mean-exp over all axes', (joint) => {
    const weights = logWeights(joint);
    return both(tf.sub(tf.logSumExp(weights), Math.log(weights.size)));
  }),
  estimating('a mean over data for their sum', (joint) =>
    both(sumOverData(joint, tf.mean(logPowerMean(logWeights(joint), 1)))),
  ),
  estimating('no scale of the plate', (joint) => both(tf.sum(logPowerMean(logWeights(joint), 1)))),
];

const ofGradient: readonly OwnObjective[] = [
  estimating('no score', (joint) => both(sumOverData(joint, logPowerMean(logWeights(joint), 1)))),
  estimating('a surrogate without the scale of the plate', (joint) => {
    const { value, surrogate } = estimateWeights(joint, (w) => logPowerMean(w, 1));
    const count = tf.sum(tf.onesLike(logPowerMean(logWeights(joint), 1)));
    const scale = tf.div(
      sumOverData(joint, tf.onesLike(logPowerMean(logWeights(joint), 1))),
      count,
    );
    return { value, surrogate: tf.div(surrogate, stopGradient(scale)) };
  }),
  estimating('log q stopped', (joint) => {
    const { model, guide } = logDensities(joint);
    const { value, surrogate } = estimateWeights(joint, (w) => logPowerMean(w, 1));
    const stopped = logPowerMean(tf.sub(model, stopGradient(guide)), 1);
    const whole = logPowerMean(tf.sub(model, guide), 1);
    return { value, surrogate: tf.add(surrogate, sumOverData(joint, tf.sub(stopped, whole))) };
  }),
  {
    name: 'IWAE, sticking the landing',
    make: (particles) => ({
      ...iwae({ particles, gradient: 'pathwise' }),
      name: 'mine',
      estimate: (joint) => {
        const value = sumOverData(joint, logPowerMean(logWeights(joint), 1));
        const landing = logWeights(rescored(joint, { guide: 'stopped' }));
        return { value, surrogate: sumOverData(joint, logPowerMean(landing, 1)), terms: {} };
      },
    }),
  },
  estimating('the score twice', (joint) => {
    const { value, surrogate } = estimateWeights(joint, (w) => logPowerMean(w, 1));
    return { value, surrogate: tf.sub(tf.mul(surrogate, 2), value) };
  }),
  estimating('a baseline that knows its own draw', (joint) => {
    const still = rescored(joint, { guide: 'live', model: 'live', path: stopGradient });
    const { guide, model } = logDensities(still);
    const weights = tf.sub(model, guide);
    const bound = logPowerMean(weights, 1);
    const signal = stopGradient(tf.sub(bound, weights));
    const scores = tf.sum(tf.mul(signal, guide), 0);
    return {
      value: sumOverData(joint, bound),
      surrogate: sumOverData(joint, tf.add(bound, scores)),
    };
  }),
];

const alpha = 0.25;

const ofRenyi: readonly OwnObjective[] = [
  {
    name: 'Rényi, not divided by 1 − α',
    make: ofWeights('mine', lower, (w) => tf.mul(logPowerMean(w, 1 - alpha), 1 - alpha)),
  },
  {
    name: 'Rényi, divided by α',
    make: ofWeights('mine', lower, (w) => tf.mul(logPowerMean(w, 1 - alpha), (1 - alpha) / alpha)),
  },
  {
    name: 'Rényi, 1 + α for 1 − α',
    make: ofWeights('mine', lower, (w) => logPowerMean(w, 1 + alpha)),
  },
  {
    name: 'Rényi, a sum for the mean',
    make: ofWeights('mine', lower, (w) => tf.div(tf.logSumExp(tf.mul(w, 1 - alpha), 0), 1 - alpha)),
  },
];

const ofTvo: readonly OwnObjective[] = [
  { name: 'TVO, the right ends called a lower bound', make: ofWeights('mine', lower, riemann(1)) },
  {
    name: 'TVO, shares not normalised',
    make: ofWeights(
      'mine',
      lower,
      riemann(0, (w, beta) => tf.mean(tf.mul(tf.exp(tf.mul(w, beta)), w), 0)),
    ),
  },
  {
    name: 'TVO, the first interval left out',
    make: ofWeights('mine', lower, (w) =>
      tf.sub(riemann(0)(w), tf.mul(temperedMean(w, 0), BETAS[1])),
    ),
  },
  {
    name: 'TVO, shares without a gradient',
    make: ofWeights(
      'mine',
      lower,
      riemann(0, (w, beta) => {
        const tempered = stopGradient(tf.mul(w, beta));
        const shares = tf.exp(tf.sub(tempered, tf.logSumExp(tempered, 0, true)));
        return tf.sum(tf.mul(shares, w), 0);
      }),
    ),
  },
  {
    name: 'TVO, shares over the data',
    make: ofWeights(
      'mine',
      lower,
      riemann(0, (w, beta) => {
        const shares = tf.div(tf.softmax(tf.mul(w, beta)), w.shape[0] ?? 1);
        return tf.sum(tf.mul(shares, w), 0);
      }),
    ),
  },
];

export const wrongBounds: readonly OwnObjective[] = [
  ...ofValue,
  ...ofGradient,
  ...ofRenyi,
  ...ofTvo,
];
