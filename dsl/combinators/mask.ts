import * as tf from '@tensorflow/tfjs';
import { choose } from '../comparison.js';
import type { Distribution, Gradient } from '../distribution.js';
import { broadcastAll } from '../shape.js';
import type { Support } from '../support.js';
import { type Tensor, type TensorLike, asTensor, expandTo } from '../tensor.js';

/**
 * Counts only the batch entries where `mask` is 1: log p(z) is replaced by 0 where it is 0, with
 * no gradient through it, even where it would have been infinite or NaN.
 *
 * - Shapes: `mask` (0 or 1) broadcasts with the batch; draws are unchanged.
 * - Gradient: that of the base.
 *
 * @example
 * ```ts
 * mask(normal([0, 0], 1), [1, 0]).logProb(tf.tensor1d([0, 0])).dataSync()[1]; // 0
 * ```
 */
export const mask = <S extends Support, G extends Gradient>(
  base: Distribution<S, G>,
  keep: TensorLike,
): Distribution<S, G> => {
  const kept = asTensor(keep);
  const batchShape = broadcastAll('mask', [base.batchShape, kept.shape]);
  const masked = (logProb: Tensor): Tensor => {
    const shape = broadcastAll('mask', [logProb.shape, kept.shape]);
    return choose(expandTo(kept, shape), expandTo(logProb, shape), tf.zeros([...shape]));
  };
  const { logProbOfDraw } = base.sampler;
  return {
    ...base,
    family: { tag: 'Masked', base, mask: kept },
    batchShape,
    sampler: {
      ...base.sampler,
      ...(logProbOfDraw && {
        logProbOfDraw: (noise, value) => masked(logProbOfDraw(noise, value)),
      }),
    },
    logProb: (value) => masked(base.logProb(value)),
  };
};
