/** One law of a batch, as a distribution without batch axes. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution, Tensor } from '../../../dsl/index.js';
import { mapPreimage } from '../../../dsl/law/preimage.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { expandTo } from '../../../dsl/tensors/tensor.js';

/**
 * The law at `place` of a batch, row-major: draws, densities and moments are those of the batch at the
 * same noise and values everywhere, and of these the one at that place.
 */
export const oneEntry = (d: Distribution, place: number): Distribution => {
  const { batchShape, eventShape, sampler } = d;
  if (batchShape.length === 0) return d;
  const ones = batchShape.map(() => 1);
  /** `[...left, ...tail]` to `[...left, ...1s, ...tail]`. */
  const spread = (x: Tensor, tail: number): Tensor => {
    const at = x.rank - tail;
    return tf.reshape(x, [...x.shape.slice(0, at), ...ones, ...x.shape.slice(at)]);
  };
  /** The same at every place of the batch. */
  const everywhere = (x: Tensor, tail: number): Tensor => {
    const at = x.rank - tail;
    const shape = [...x.shape.slice(0, at), ...batchShape, ...x.shape.slice(at)];
    return expandTo(spread(x, tail), shape);
  };
  /** `[...left, ...batch, ...tail]` to `[...left, ...tail]`. */
  const pick = (x: Tensor, tail: number): Tensor => {
    const left = x.rank - tail - ones.length;
    const shape = [...x.shape.slice(0, left), ...batchShape, ...x.shape.slice(x.rank - tail)];
    const flat = [...shape.slice(0, left), sizeOf(batchShape), ...shape.slice(shape.length - tail)];
    return tf.gather(
      tf.reshape(expandTo(x, shape), tail === 0 ? flat.slice(0, left + 1) : flat),
      place,
      left,
    );
  };
  const rank = eventShape.length;
  const noiseOf = (noise: readonly Tensor[]): readonly Tensor[] =>
    noise.map((x, i) => everywhere(x, sampler.noise[i]?.shape.length ?? 0));
  const { enumeration } = sampler;
  const { klTo: _, klFrom: __, unmasked: ___, ...law } = d;
  const { mean, variance, entropy } = law;
  return {
    ...law,
    batchShape: [],
    sampler: {
      gradient: sampler.gradient,
      noise: sampler.noise,
      draw: (noise) => {
        const { value, preimage } = sampler.draw(noiseOf(noise));
        return {
          value: pick(value, rank),
          ...(preimage && { preimage: mapPreimage(preimage, pick) }),
        };
      },
      ...(enumeration && { enumeration }),
    },
    logProb: (value, preimage) =>
      pick(d.logProb(spread(value, rank), preimage && mapPreimage(preimage, everywhere)), 0),
    ...(mean && { mean: () => pick(mean(), rank) }),
    ...(variance && { variance: () => pick(variance(), rank) }),
    ...(entropy && { entropy: () => pick(entropy(), 0) }),
  };
};
