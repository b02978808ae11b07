/**
 * Closed-form Kullback-Leibler divergences KL(q ‖ p) = E_q[log q − log p], in nats.
 *
 * `klDivergence` returns the divergence over the broadcast batch, or `undefined` where the pair has
 * no closed form here.
 */
import * as tf from '@tensorflow/tfjs';
import { type Distribution, type Shape, type Tensor, choose } from '../../dsl/index.js';
import { broadcastAll, sameShape } from '../../dsl/tensors/shape.js';
import { expandTo, sumLast } from '../../dsl/tensors/tensor.js';
import { klBernoulli, klCategorical } from './kl/discrete.js';
import { klDirichlet, klExponential, klGamma } from './kl/gamma.js';
import { klNormal, klNormalVectors } from './kl/gaussian.js';
import { klHalfCauchy } from './kl/half-cauchy.js';

const filled = (kl: Tensor | undefined, batch: Shape): Tensor | undefined =>
  kl && expandTo(kl, broadcastAll('klDivergence', [kl.shape, batch]));

const centred = (scale: Tensor) => ({ loc: tf.scalar(0), scale });

/** An exponential law is a gamma law with concentration 1. */
const gammaOf = ({ family }: Distribution) => {
  if (family.tag === 'Gamma') return family;
  if (family.tag !== 'Exponential') return undefined;
  return { concentration: tf.onesLike(family.rate), rate: family.rate };
};

const klGammas = (q: Distribution, p: Distribution): Tensor | undefined => {
  if (q.family.tag === 'Exponential' && p.family.tag === 'Exponential') {
    return klExponential(q.family.rate, p.family.rate);
  }
  const [gammaQ, gammaP] = [gammaOf(q), gammaOf(p)];
  return gammaQ && gammaP && klGamma(gammaQ, gammaP);
};

const klJoint = (q: Distribution, p: Distribution): Tensor | undefined => {
  if (
    q.family.tag === 'Independent' &&
    p.family.tag === 'Independent' &&
    q.family.rank === p.family.rank
  ) {
    const parts = klDivergence(q.family.base, p.family.base);
    if (parts !== undefined) return sumLast(parts, q.family.rank);
  }
  return klNormalVectors(q, p);
};

/**
 * KL(q ‖ p) in nats over the broadcast batch, or `undefined` where there is no closed form.
 *
 * Both must have the same event shape. Gradient: through both distributions' parameters.
 *
 * @example
 * ```ts
 * klDivergence(normal(1, 1), normal(0, 1))?.dataSync()[0]; // 0.5
 * ```
 */
export const klDivergence = (q: Distribution, p: Distribution): Tensor | undefined => {
  if (!sameShape(q.eventShape, p.eventShape)) return undefined;
  const [a, b] = [q.family, p.family];
  if (a.tag === 'Expanded') return filled(klDivergence(a.base, p), a.batchShape);
  if (b.tag === 'Expanded') return filled(klDivergence(q, b.base), b.batchShape);
  switch (a.tag) {
    case 'Normal':
      return b.tag === 'Normal' ? klNormal(a, b) : undefined;
    case 'LogNormal':
      return b.tag === 'LogNormal' ? klNormal(a, b) : undefined;
    case 'HalfNormal':
      // Folding two normals with one centre changes nothing between them.
      return b.tag === 'HalfNormal' ? klNormal(centred(a.scale), centred(b.scale)) : undefined;
    case 'HalfCauchy':
      return b.tag === 'HalfCauchy' ? klHalfCauchy(a.scale, b.scale) : undefined;
    case 'Exponential':
    case 'Gamma':
      return klGammas(q, p);
    case 'Beta':
      return b.tag === 'Beta' ? klDirichlet(a.concentration, b.concentration) : undefined;
    case 'Dirichlet':
      return b.tag === 'Dirichlet' ? klDirichlet(a.concentration, b.concentration) : undefined;
    case 'Bernoulli':
      return b.tag === 'Bernoulli' ? klBernoulli(a, b) : undefined;
    case 'Categorical':
    case 'OneHotCategorical': {
      const sameClasses = b.tag === a.tag && a.logits.shape.at(-1) === b.logits.shape.at(-1);
      return sameClasses ? klCategorical(a.logits, b.logits) : undefined;
    }
    case 'MultivariateNormal':
    case 'Independent':
      return klJoint(q, p);
    case 'Partly': {
      // A point mass has none to a law with a density: of what is known log p is a likelihood.
      const kl = klDivergence(a.base, p);
      return kl && choose(a.where, tf.scalar(0), kl);
    }
    case 'StudentT':
    case 'Uniform':
    case 'Delta':
    case 'Masked':
    case 'Transformed':
    case 'Mixture':
    case 'Custom':
      return undefined;
  }
};
