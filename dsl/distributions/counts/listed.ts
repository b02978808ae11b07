/** Counts up to a number: values that can be listed. */
import * as tf from '@tensorflow/tfjs';
import type { Sampler } from '../../law/distribution.js';
import type { TensorLike } from '../../tensors/tensor.js';

/** More values than this are not worth listing; sampling takes over. */
export const MOST_VALUES = 4096;

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

/** How many vectors of `classes` counts sum to `total`, as far as that is worth knowing. */
const vectorsOf = (total: number, classes: number): number => {
  let ways = 1;
  for (let k = 1; k < classes && ways <= MOST_VALUES; k += 1) ways = (ways * (total + k)) / k;
  return ways;
};

/** Each of them, the first counts largest first. */
const compositions = (total: number, classes: number): readonly (readonly number[])[] =>
  classes === 1
    ? [[total]]
    : Array.from({ length: total + 1 }, (_, rest) =>
        compositions(rest, classes - 1).map((others) => [total - rest, ...others]),
      ).flat();

/** The same of vectors of counts that sum to `totalCount`. */
export const listedVectors = <N extends TensorLike>(
  totalCount: N,
  classes: number,
): Pick<Sampler<CountGradient<N>>, 'gradient' | 'enumeration'> => {
  const count = typeof totalCount === 'number' ? vectorsOf(totalCount, classes) : Infinity;
  return {
    gradient: gradientOf(totalCount),
    ...(typeof totalCount === 'number' &&
      count <= MOST_VALUES && {
        enumeration: {
          count: Math.round(count),
          values: () =>
            tf.tensor(compositions(totalCount, classes).flat(), [Math.round(count), classes]),
        },
      }),
  };
};
