/**
 * Relaxed draws of discrete families: a smooth function of parameters and the same noise that makes
 * the discrete draw, which they tend to as the temperature falls.
 */
import * as tf from '@tensorflow/tfjs';
import { type Distribution, SiteError, type Tensor } from '../../../dsl/index.js';
import { overwritten } from '../../../dsl/combinators/partly.js';
import { familyName } from '../../../dsl/distribution.js';
import { siteLabel } from '../../../dsl/error.js';
import { withGradients } from '../../../dsl/tensors/gradient.js';
import { broadcastAll } from '../../../dsl/tensors/shape.js';
import { logit } from '../../../dsl/numerics/special.js';
import { expandTo } from '../../../dsl/tensors/tensor.js';
import { type SiteEstimator, temperatureAt } from './site-estimator.js';

/** What a relaxation needs of a family. */
export interface Relaxation {
  /** The mean of a draw. */
  readonly mean: () => Tensor;
  readonly draw: (noise: readonly Tensor[], temperature: Tensor) => Tensor;
}

/** The relaxation of a family, or nothing where it has none. */
export const relaxationOf = ({ family }: Distribution): Relaxation | undefined => {
  if (family.tag === 'Bernoulli') {
    const { logits, probs } = family;
    return {
      mean: () => probs ?? tf.sigmoid(logits),
      // A draw is 1 where u < p: where this is above a half.
      draw: ([u = tf.scalar(0.5)], temperature) =>
        tf.sigmoid(tf.div(tf.sub(logits, logit(u)), temperature)),
    };
  }
  if (family.tag === 'OneHotCategorical') {
    const { logits, probs } = family;
    return {
      mean: () => probs ?? tf.exp(logits),
      draw: ([g = tf.zerosLike(logits)], temperature) =>
        tf.softmax(tf.div(tf.add(logits, g), temperature)),
    };
  }
  if (family.tag === 'Partly') {
    const { base, ...known } = family;
    const inner = relaxationOf(base);
    const placed = (x: Tensor): Tensor => overwritten(known, x, base.eventShape.length);
    return (
      inner && {
        mean: () => placed(inner.mean()),
        draw: (noise, temperature) => placed(inner.draw(noise, temperature)),
      }
    );
  }
  return family.tag === 'Independent' || family.tag === 'Expanded' || family.tag === 'Masked'
    ? relaxationOf(family.base)
    : undefined;
};

/** How noise becomes a value under an estimator that relaxes draws, or sends a gradient as if. */
export const relaxedPush = (
  estimator: Extract<SiteEstimator, { readonly tag: 'gumbelSoftmax' | 'straightThrough' }>,
  site: string,
  d: Distribution,
  step: Tensor | undefined,
): ((noise: readonly Tensor[]) => Tensor) => {
  const relaxation = relaxationOf(d);
  if (relaxation === undefined) {
    throw new SiteError({
      site: siteLabel(site),
      expected: 'the family that the bound was derived for',
      received: `${familyName(d)}, whose draws have no relaxation`,
      cure: 'Keep the family of a site the same on every run.',
    });
  }
  const { temperature } = estimator;
  const soft = (noise: readonly Tensor[]): Tensor =>
    temperature === undefined
      ? relaxation.mean()
      : relaxation.draw(noise, temperatureAt(temperature, site, step));
  return estimator.tag === 'gumbelSoftmax'
    ? soft
    : (noise) => withGradientOf(d.sampler.push(noise), soft(noise));
};

/** The numbers of `hard` with the gradient of `soft`, which may have fewer rows. */
const withGradientOf = (hard: Tensor, soft: Tensor): Tensor => {
  const shape = broadcastAll('withGradientOf', [hard.shape, soft.shape]);
  return withGradients(
    [expandTo(hard, shape), expandTo(soft, shape)],
    ([h = hard]) => tf.clone(h),
    (dy, [h = hard]) => [tf.zerosLike(h), dy],
  );
};
