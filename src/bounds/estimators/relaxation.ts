/** Relaxed draws of discrete laws, and gradients as if of them. */
import * as tf from '@tensorflow/tfjs';
import { type Distribution, SiteError, type Tensor } from '../../../dsl/index.js';

import { siteLabel } from '../../../dsl/error.js';
import { withGradients } from '../../../dsl/tensors/gradient.js';
import { broadcastAll } from '../../../dsl/tensors/shape.js';
import { expandTo } from '../../../dsl/tensors/tensor.js';
import { type SiteEstimator, temperatureAt } from './site-estimator.js';

/** How noise becomes a value under an estimator that relaxes draws, or sends a gradient as if. */
export const relaxedPush = (
  estimator: Extract<SiteEstimator, { readonly tag: 'gumbelSoftmax' | 'straightThrough' }>,
  site: string,
  d: Distribution,
  step: Tensor | undefined,
): ((noise: readonly Tensor[]) => Tensor) => {
  const { relaxation } = d.sampler;
  if (relaxation === undefined) {
    throw new SiteError({
      site: siteLabel(site),
      expected: 'the family that the bound was derived for',
      received: `${d.family.name}, whose draws have no relaxation`,
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
    : (noise) => withGradientOf(d.sampler.draw(noise).value, soft(noise));
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
