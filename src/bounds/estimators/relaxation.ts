/**
 * Relaxed draws of discrete families: a smooth function of parameters and the same noise that makes
 * the discrete draw, which they tend to as the temperature falls.
 */
import * as tf from '@tensorflow/tfjs';
import type { Distribution, Tensor } from '../../../dsl/index.js';
import { overwritten } from '../../../dsl/combinators/partly.js';
import { logit } from '../../../dsl/numerics/special.js';

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
