import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { type LocationScale, klNormal } from '../../divergences/gaussian.js';
import { klToNormal } from '../../divergences/moments.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { imageUnder } from '../../law/preimage.js';
import { logNdtr, ndtr, ndtri, ndtriOfLog } from '../../numerics/normal-function.js';
import { HALF_LOG_TWO_PI } from '../../numerics/special.js';
import { type Real, real, positive } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { normalWeakDerivative } from './normal-weak-derivative.js';

export const normalFamily: Family<LocationScale> = {
  name: 'Normal',
  axes: { loc: 0, scale: 0 },
  of: ({ loc, scale }) => normal(loc, scale),
};

/**
 * The normal distribution with mean `loc` and standard deviation `scale`.
 *
 * log p(z) = −½ ((z − loc) / scale)² − log scale − ½ log 2π, in nats.
 *
 * - Shapes: batch is `loc` and `scale` broadcast; an event is one number.
 * - Gradient: pathwise, z = loc + scale ε with ε standard normal.
 * - Edges: a scale of 0 or below gives NaN or infinities; keep it positive with `softplus`, `exp`
 *   or `param(…, { support: positive })`.
 * - Errors: a number or array outside its domain is a `RangeError`, here and for every family; a tensor
 *   is judged where a program is run, but not in a training step.
 * - Source: Kingma and Welling, Auto-Encoding Variational Bayes, section 2.4, arXiv:1312.6114.
 *
 * @example
 * ```ts
 * normal(0, 1).logProb(tf.scalar(0)).dataSync()[0]; // -0.9189385
 * ```
 */
export const normal = (loc: TensorLike, scale: TensorLike): Distribution<Real, 'pathwise'> => {
  const m = asTensor(loc);
  const s = asTensor(scale);
  const standard = { name: 'standard' };
  const density = (standardised: Tensor): Tensor =>
    tf.sub(tf.mul(tf.square(standardised), -0.5), tf.add(tf.log(s), HALF_LOG_TWO_PI));
  return distribution({
    family: normalFamily,
    parameters: { loc: m, scale: s },
    arguments: argumentsOf('normal', { loc: [loc, m, real], scale: [scale, s, positive] }),
    support: real,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal')],
      draw: ([e = tf.scalar(0)]) => ({
        value: tf.add(m, tf.mul(s, e)),
        preimage: { map: standard, x: e, eventRank: 0 },
      }),
      weakDerivative: normalWeakDerivative(m, s),
    },
    logProb: (value, preimage) =>
      density(imageUnder(standard, preimage) ?? tf.div(tf.sub(value, m), s)),
    mean: () => m,
    variance: () => tf.square(s),
    entropy: () => tf.add(tf.log(s), 0.5 + HALF_LOG_TWO_PI),
    cdf: (value) => ndtr(tf.div(tf.sub(value, m), s)),
    logCdf: (value) => logNdtr(tf.div(tf.sub(value, m), s)),
    logSurvival: (value) => logNdtr(tf.div(tf.sub(m, value), s)),
    inverseLogCdf: (log) => tf.add(m, tf.mul(s, ndtriOfLog(log))),
    inverseLogSurvival: (log) => tf.sub(m, tf.mul(s, ndtriOfLog(log))),
    icdf: (u) => tf.add(m, tf.mul(s, ndtri(u))),
    klTo: (p) => (isOf(p, normalFamily) ? klNormal({ loc: m, scale: s }, p.parameters) : undefined),
    klFrom: (q) => klToNormal(q, { loc: m, scale: s }, real),
  });
};

/** The location and scale of a normal law, filled to its batch. */
const normalOf = (d: Distribution): LocationScale | undefined => {
  if (isOf(d, normalFamily)) return d.parameters;
  if (d.structure?._tag !== 'expanded') return undefined;
  const inner = normalOf(d.structure.base);
  if (inner === undefined) return undefined;
  const fill = tf.zeros([...d.structure.batchShape]);
  return { loc: tf.add(inner.loc, fill), scale: tf.add(inner.scale, fill) };
};

/** The location and scale of a vector of independent normals, if that is what `d` is. */
export const diagonalNormal = ({ structure }: Distribution): LocationScale | undefined =>
  structure?._tag === 'independent' && structure.rank === 1 ? normalOf(structure.base) : undefined;
