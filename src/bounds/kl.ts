/**
 * Closed-form Kullback-Leibler divergences KL(q ‖ p) = E_q[log q − log p], in nats.
 *
 * `klDivergence` returns the divergence over the broadcast batch, or `undefined` where the pair has
 * no closed form here.
 */
import * as tf from '@tensorflow/tfjs';
import type { Distribution, Shape, Tensor } from '../../dsl/index.js';
import { choose, greater } from '../../dsl/index.js';
import {
  diagonalMatrix,
  matMul,
  triangularInverse,
  triangularLogDet,
  matVec,
} from '../../dsl/linear-algebra.js';
import { broadcastAll, sameShape } from '../../dsl/shape.js';
import { logSigmoid } from '../../dsl/special.js';
import { expandTo, sumLast } from '../../dsl/tensor.js';

interface NormalPair {
  readonly loc: Tensor;
  readonly scale: Tensor;
}

/**
 * log(σ_p / σ_q) + ½ ((σ_q² + (μ_q − μ_p)²) / σ_p² − 1)
 * (Kingma and Welling 2014, appendix B, arXiv:1312.6114).
 */
const klNormal = (q: NormalPair, p: NormalPair): Tensor => {
  const ratio = tf.div(q.scale, p.scale);
  const shift = tf.square(tf.div(tf.sub(q.loc, p.loc), p.scale));
  const squares = tf.mul(tf.sub(tf.add(tf.square(ratio), shift), 1), 0.5);
  // The logarithm is of the ratio, not of its square, which would underflow much earlier.
  return tf.sub(squares, tf.log(ratio));
};

interface Gaussian {
  readonly loc: Tensor;
  readonly scaleTril: Tensor;
}

/**
 * ½ (|L_p⁻¹ L_q|² + |L_p⁻¹(μ_q − μ_p)|² − k) + Σ log diag L_p − Σ log diag L_q
 * (Duchi, Derivations for Linear Algebra and Optimization, section 9).
 */
const klMultivariateNormal = (q: Gaussian, p: Gaussian): Tensor => {
  const k = q.loc.shape[q.loc.rank - 1] ?? 1;
  const whitener = triangularInverse(p.scaleTril);
  const spread = tf.sum(tf.square(matMul(whitener, q.scaleTril)), [-2, -1]);
  const shift = tf.sum(tf.square(matVec(whitener, tf.sub(q.loc, p.loc))), -1);
  const logDets = tf.sub(triangularLogDet(p.scaleTril), triangularLogDet(q.scaleTril));
  return tf.add(tf.mul(tf.sub(tf.add(spread, shift), k), 0.5), logDets);
};

/** The same for p with a diagonal factor: no inverse is needed. */
const klToDiagonal = (q: Gaussian, p: NormalPair): Tensor => {
  const k = q.loc.shape[q.loc.rank - 1] ?? 1;
  const spread = tf.sum(
    tf.square(tf.div(q.scaleTril, tf.expandDims(tf.add(p.scale, tf.zerosLike(q.loc)), -1))),
    [-2, -1],
  );
  const shift = tf.sum(tf.square(tf.div(tf.sub(q.loc, p.loc), p.scale)), -1);
  const logP = tf.sum(tf.add(tf.log(p.scale), tf.zerosLike(q.loc)), -1);
  return tf.add(
    tf.mul(tf.sub(tf.add(spread, shift), k), 0.5),
    tf.sub(logP, triangularLogDet(q.scaleTril)),
  );
};

/** q (log q − log p) for one value; a value that q never takes adds 0, whatever p gives it. */
const klAtValue = (probability: Tensor, logQ: Tensor, logP: Tensor): Tensor => {
  const gap = tf.sub(logQ, logP);
  const taken = greater(probability, tf.zerosLike(probability));
  return tf.mul(probability, choose(taken, gap, tf.zerosLike(gap)));
};

/** q log(q / p) + (1 − q) log((1 − q) / (1 − p)), from logits. */
const klBernoulli = (q: Tensor, p: Tensor): Tensor => {
  const on = klAtValue(tf.sigmoid(q), logSigmoid(q), logSigmoid(p));
  const [offQ, offP] = [tf.neg(q), tf.neg(p)];
  return tf.add(on, klAtValue(tf.sigmoid(offQ), logSigmoid(offQ), logSigmoid(offP)));
};

/** Σ_k q_k (log q_k − log p_k), from normalised logits. */
const klCategorical = (q: Tensor, p: Tensor): Tensor => tf.sum(klAtValue(tf.exp(q), q, p), -1);

/** The location and scale of a vector of independent normals, if that is what `d` is. */
const diagonalNormal = (d: Distribution): NormalPair | undefined =>
  d.family.tag === 'Independent' && d.family.rank === 1 ? normalOf(d.family.base) : undefined;

/** The location and scale of a normal, filled to its batch. */
const normalOf = (d: Distribution): NormalPair | undefined => {
  switch (d.family.tag) {
    case 'Normal':
      return { loc: d.family.loc, scale: d.family.scale };
    case 'Expanded': {
      const inner = normalOf(d.family.base);
      if (inner === undefined) return undefined;
      const fill = tf.zeros([...d.family.batchShape]);
      return { loc: tf.add(inner.loc, fill), scale: tf.add(inner.scale, fill) };
    }
    case 'MultivariateNormal':
    case 'Bernoulli':
    case 'Categorical':
    case 'Uniform':
    case 'Delta':
    case 'Independent':
    case 'Masked':
    case 'Transformed':
    case 'Mixture':
    case 'Custom':
      return undefined;
  }
};

const dense = ({ loc, scale }: NormalPair): Gaussian => ({
  loc: tf.add(loc, tf.zerosLike(scale)),
  scaleTril: diagonalMatrix(tf.add(scale, tf.zerosLike(loc))),
});

const gaussianOf = (d: Distribution): Gaussian | undefined => {
  if (d.family.tag === 'MultivariateNormal') return d.family;
  const diagonal = diagonalNormal(d);
  return diagonal && dense(diagonal);
};

const filled = (kl: Tensor | undefined, batch: Shape): Tensor | undefined =>
  kl && expandTo(kl, broadcastAll('klDivergence', [kl.shape, batch]));

/**
 * KL(q ‖ p) in nats over the broadcast batch, or `undefined` where there is no closed form.
 *
 * Both must have the same event shape. Gradient: through both distributions' parameters.
 *
 * @example
 * ```ts
 * klDivergence(normal(0, 1), normal(0, 1))?.dataSync()[0]; // 0
 * ```
 */
export const klDivergence = (q: Distribution, p: Distribution): Tensor | undefined => {
  if (!sameShape(q.eventShape, p.eventShape)) return undefined;
  if (q.family.tag === 'Expanded') {
    return filled(klDivergence(q.family.base, p), q.family.batchShape);
  }
  if (p.family.tag === 'Expanded') {
    return filled(klDivergence(q, p.family.base), p.family.batchShape);
  }
  const scalarQ = normalOf(q);
  const scalarP = normalOf(p);
  if (scalarQ && scalarP) return klNormal(scalarQ, scalarP);
  if (q.family.tag === 'Bernoulli' && p.family.tag === 'Bernoulli') {
    return klBernoulli(q.family.logits, p.family.logits);
  }
  if (q.family.tag === 'Categorical' && p.family.tag === 'Categorical') {
    const sameClasses = q.family.logits.shape.at(-1) === p.family.logits.shape.at(-1);
    return sameClasses ? klCategorical(q.family.logits, p.family.logits) : undefined;
  }
  if (
    q.family.tag === 'Independent' &&
    p.family.tag === 'Independent' &&
    q.family.rank === p.family.rank
  ) {
    const parts = klDivergence(q.family.base, p.family.base);
    if (parts !== undefined) return sumLast(parts, q.family.rank);
  }
  const diagonalP = diagonalNormal(p);
  if (q.family.tag === 'MultivariateNormal' && diagonalP) return klToDiagonal(q.family, diagonalP);
  const fullQ = gaussianOf(q);
  const fullP = gaussianOf(p);
  return fullQ && fullP && klMultivariateNormal(fullQ, fullP);
};
