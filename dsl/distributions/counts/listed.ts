/** Counts up to a number: values that can be listed. */
import * as tf from '@tensorflow/tfjs';
import type { Sampler } from '../../law/distribution.js';
import type { TensorLike } from '../../tensors/tensor.js';

/** More values than this are not worth listing; sampling takes over. */
const MOST_VALUES = 4096;

/** Counts up to a number can be summed over. */
export type CountGradient<N> = N extends number ? 'enumerable' : 'score';

function gradientOf<N extends TensorLike>(totalCount: N): CountGradient<N>;
function gradientOf(totalCount: TensorLike): 'enumerable' | 'score' {
  return typeof totalCount === 'number' ? 'enumerable' : 'score';
}

/** How a gradient passes a count up to `totalCount`, and its values where that is a number and not too large. */
export const listedCounts = <N extends TensorLike>(
  totalCount: N,
): Pick<Sampler<CountGradient<N>>, 'gradient' | 'enumeration'> => ({
  gradient: gradientOf(totalCount),
  ...(typeof totalCount === 'number' &&
    totalCount < MOST_VALUES && {
      enumeration: { count: totalCount + 1, values: () => tf.range(0, totalCount + 1) },
    }),
});
