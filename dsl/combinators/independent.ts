import * as tf from '@tensorflow/tfjs';
import { type Distribution, type Gradient, checkValue } from '../law/distribution.js';
import { klDivergence } from '../divergences/kl.js';
import { withEventAxes } from '../law/preimage.js';
import { wrapped } from '../law/structure.js';
import { dropLast, showShape, sizeOf, takeLast } from '../tensors/shape.js';
import type { Support } from '../supports/support.js';
import { type IndependentSupport, widened } from '../supports/array.js';
import { type Tensor, sumLast } from '../tensors/tensor.js';

/** More values than this are not worth listing; sampling takes over. */
const MOST_VALUES = 4096;

const cartesian = (
  count: number,
  values: Tensor,
  cells: number,
  shape: readonly number[],
): Tensor => {
  const total = count ** cells;
  const digits = Array.from({ length: total * cells }, (_, i) => {
    const row = Math.floor(i / cells);
    const cell = i % cells;
    return Math.floor(row / count ** (cells - 1 - cell)) % count;
  });
  return values.gather(digits).reshape([total, ...shape]);
};

/** The product of the last axes, entry by entry: that of TensorFlow.js has no gradient at 0. */
const productOfLast = (x: Tensor, rank: number): Tensor => {
  const entries = tf.reshape(x, [...dropLast(x.shape, rank), sizeOf(takeLast(x.shape, rank))]);
  return tf.unstack(entries, -1).reduce((a, b) => tf.mul(a, b));
};

/**
 * Turns the last `rank` batch axes of a distribution into event axes: one joint law of many
 * independent parts, log p(z) = Σ log p(z_i).
 *
 * - Shapes: batch loses its last `rank` axes, the event gains them on its left.
 * - Gradient: that of the base.
 *
 * @example
 * ```ts
 * independent(normal([0, 0], [1, 1])).eventShape; // [2]
 * ```
 */
export function independent<S extends Support, G extends Gradient>(
  base: Distribution<S, G>,
  rank?: number,
): Distribution<IndependentSupport<S>, G>;
export function independent(base: Distribution, rank = 1): Distribution {
  if (!Number.isInteger(rank) || rank < 0 || rank > base.batchShape.length) {
    throw new RangeError(
      `independent(${base.family.name}, ${rank}): expected a rank from 0 to the number of batch axes, ` +
        `but got batch shape ${showShape(base.batchShape)}; expand the base first or lower the rank.`,
    );
  }
  if (rank === 0) return base;
  const gained = takeLast(base.batchShape, rank);
  const cells = gained.reduce((product, n) => product * n, 1);
  const listed = base.sampler.enumeration;
  const listable =
    listed !== undefined && base.support.eventRank === 0 && listed.count ** cells <= MOST_VALUES;
  const chance = listed?.chance;
  const { enumeration: _, ...sampler } = base.sampler;
  const { unmasked } = base;
  const summed = (f: () => Tensor) => (): Tensor => sumLast(f(), rank);
  const self: Distribution = {
    family: wrapped('Independent', base),
    parameters: {},
    structure: { _tag: 'independent', base, rank },
    support: widened(base.support, rank),
    batchShape: dropLast(base.batchShape, rank),
    eventShape: [...gained, ...base.eventShape],
    sampler: {
      ...sampler,
      noise: base.sampler.noise.map((n) => ({ law: n.law, shape: [...gained, ...n.shape] })),
      draw: (noise) => {
        const { value, preimage } = sampler.draw(noise);
        return { value, ...(preimage && { preimage: withEventAxes(preimage, rank) }) };
      },
      ...(listable && {
        enumeration: {
          count: listed.count ** cells,
          values: () => cartesian(listed.count, listed.values(), cells, gained),
          ...(chance && { chance: (value: Tensor) => productOfLast(chance(value), rank) }),
        },
      }),
    },
    logProb: (value, preimage) => {
      // The base would broadcast a missing event axis and count one number many times.
      checkValue(self, value);
      return sumLast(base.logProb(value, preimage && withEventAxes(preimage, -rank)), rank);
    },
    ...(base.mean && { mean: base.mean }),
    ...(base.variance && { variance: base.variance }),
    ...(base.entropy && { entropy: summed(base.entropy) }),
    klTo: (p) => {
      if (p.structure?._tag !== 'independent' || p.structure.rank !== rank) return undefined;
      const parts = klDivergence(base, p.structure.base);
      return parts && sumLast(parts, rank);
    },
    ...(base.isPoint && { isPoint: true }),
    ...(unmasked && { unmasked: () => independent(unmasked(), rank) }),
  };
  return self;
}
