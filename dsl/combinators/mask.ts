import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../checks/argument.js';
import { choose, unequal } from '../tensors/comparison.js';
import { type Distribution, type Gradient, checkValue, lawOf } from '../law/distribution.js';
import { type Preimage, mapPreimage } from '../law/preimage.js';
import { wrapped } from '../law/structure.js';
import { broadcastAll, dropLast, sameShape } from '../tensors/shape.js';
import type { Support } from '../supports/support.js';
import { boolean } from '../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../tensors/tensor.js';
import { expand } from './expand.js';

/** With axes of length 1 on the right. */
const expandRight = (x: Tensor, axes: number): Tensor =>
  tf.reshape(x, [...x.shape, ...Array.from({ length: axes }, () => 1)]);

/** Whether some values of a distribution do not count. */
export const isMasked = ({ structure }: Distribution): boolean =>
  structure?._tag === 'masked' ||
  (structure !== undefined && 'base' in structure && isMasked(structure.base));

/** A mask says which terms count, and not how much: a number that it might mean either by is none. */
const CURE =
  'compare numbers first, as tf.notEqual(image, 0) does; a term that shall count more or less is a factor';

/**
 * Counts only the batch entries where `mask` is 1: log p(z) is replaced by 0 where it is 0, with
 * no gradient through it. Values there may be infinite or NaN, as for missing data; parameters may
 * not, for 0 times their gradient would be NaN.
 *
 * - Shapes: batch is that of the base and `mask`, broadcast; draws are the base's.
 * - Gradient: that of the base.
 * - Errors: a mask of other numbers than 0 and 1 is an error wherever values can be read: here for
 *   numbers and arrays, else as for arguments of a family. In a step, which reads nothing, an entry
 *   counts where its mask is not 0, in value and gradient alike.
 *
 * @example
 * ```ts
 * mask(normal([0, 0], 1), [1, 0]).logProb(tf.tensor1d([0, 0])).arraySync(); // [-0.9189385, 0]
 * ```
 */
export const mask = <S extends Support, G extends Gradient>(
  base: Distribution<S, G>,
  keep: TensorLike,
): Distribution<S, G> => {
  const given = asTensor(keep);
  const kept = unequal(given, tf.scalar(0));
  const batchShape = broadcastAll('mask', [base.batchShape, kept.shape]);
  const wide = sameShape(base.batchShape, batchShape) ? base : expand(base, batchShape);
  const masked = (logProb: Tensor): Tensor => choose(kept, logProb, tf.scalar(0));
  const rank = base.eventShape.length;
  // 0 times an infinite gradient is NaN, so values that do not count never reach the density.
  const sound = (value: Tensor): Tensor => {
    const shape = broadcastAll('mask', [kept.shape, dropLast(value.shape, rank)]);
    return choose(
      expandRight(kept, rank),
      value,
      base.support.some([...shape, ...base.eventShape]),
    );
  };
  const soundPreimage = (preimage: Preimage): Preimage =>
    // A law's own draws are finite.
    typeof preimage.map === 'string'
      ? mapPreimage(preimage, (x, eventRank) =>
          choose(expandRight(kept, eventRank), x, tf.scalar(0)),
        )
      : preimage;
  const { klTo: _, klFrom: __, cdf: ___, icdf: ____, entropy, ...unmaskable } = wide;
  const { logCdf: _____, logSurvival: ______, ...shareless } = unmaskable;
  const { inverseLogCdf: _______, inverseLogSurvival: ________, ...law } = shareless;
  const { weakDerivative: _________, ...sampler } = wide.sampler;
  return {
    ...law,
    family: wrapped('Masked', base),
    parameters: {},
    structure: { _tag: 'masked', base: wide, mask: kept },
    // A weak derivative would be that of another law than draws have.
    sampler,
    arguments: argumentsOf('mask', { mask: [keep, given, boolean, 0, CURE] }),
    batchShape,
    logProb: (value, preimage) => {
      checkValue(wide, value);
      return masked(wide.logProb(sound(value), preimage && soundPreimage(preimage)));
    },
    ...(entropy && { entropy: () => masked(entropy()) }),
    unmasked: () => lawOf(wide),
  };
};
