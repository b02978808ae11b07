import { demand, showReceived } from '../checks/options.js';
import { type Distribution, type Gradient, familyName } from '../distribution.js';
import type { Shape } from '../noise.js';
import { broadcast, broadcastAll, sameShape, showShape } from '../tensors/shape.js';
import type { Support } from '../support.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';

/**
 * The same law, independently at every place of a larger batch.
 *
 * - Shapes: `batchShape` must be one that the base's batch broadcasts to; the event is unchanged.
 * - Gradient: that of the base.
 *
 * @example
 * ```ts
 * expand(normal(0, 1), [20]).batchShape; // [20]
 * ```
 */
export const expand = <S extends Support, G extends Gradient>(
  base: Distribution<S, G>,
  batchShape: Shape,
): Distribution<S, G> => {
  const sizes: unknown = batchShape;
  demand(
    Array.isArray(sizes) &&
      sizes.every((n) => typeof n === 'number' && Number.isInteger(n) && n >= 0),
    `expand(${familyName(base)})`,
    'a shape of whole numbers of at least 0',
    showReceived(sizes),
    'pass [20], say',
  );
  const reached = broadcast(base.batchShape, batchShape);
  if (reached === undefined || !sameShape(reached, batchShape)) {
    throw new RangeError(
      `expand(${familyName(base)}): expected a shape that ${showShape(base.batchShape)} broadcasts ` +
        `to, but got ${showShape(batchShape)}; keep every axis that is not 1.`,
    );
  }
  const wide = (x: Tensor): Tensor => expandTo(x, broadcastAll('expand', [x.shape, batchShape]));
  const { logProbOfDraw, preimage } = base.sampler;
  const { mean, variance, entropy, unmasked } = base;
  return {
    ...base,
    family: { tag: 'Expanded', base, batchShape },
    batchShape,
    sampler: {
      ...base.sampler,
      push: (noise) => {
        const drawn = base.sampler.push(noise);
        return expandTo(
          drawn,
          broadcastAll('expand', [drawn.shape, [...batchShape, ...base.eventShape]]),
        );
      },
      ...(logProbOfDraw && { logProbOfDraw: (noise, value) => wide(logProbOfDraw(noise, value)) }),
      ...(preimage && {
        preimage: { ...preimage, logProb: (x) => wide(preimage.logProb(x)) },
      }),
    },
    logProb: (value) => wide(base.logProb(value)),
    ...(mean && { mean: () => expandTo(mean(), [...batchShape, ...base.eventShape]) }),
    ...(variance && { variance: () => expandTo(variance(), [...batchShape, ...base.eventShape]) }),
    ...(entropy && { entropy: () => wide(entropy()) }),
    ...(unmasked && { unmasked: () => expand(unmasked(), batchShape) }),
  };
};
