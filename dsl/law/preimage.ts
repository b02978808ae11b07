/**
 * What a draw is the image of, so that its density needs no inversion: float32 rounds f(x) to a bound of
 * the support long before x ends, and an inversion there would be infinite.
 */
import type { Tensor } from '../tensors/tensor.js';

/** A map from a law's own noise, or with its own parameters: only the law that drew knows it. */
export interface OwnMap {
  readonly name: string;
}

/**
 * x of a value f(x). The x of a law's own map is good for that law alone, and only while its draws carry
 * the gradient: at a fixed value it moves with the parameters.
 */
export interface Preimage {
  /** The key of f where it has no parameters, which other laws may know, or a law's own map. */
  readonly map: string | OwnMap;
  /** `[...batch, ...event of x]`. */
  readonly x: Tensor;
  /** How many of the last axes of x make one event. */
  readonly eventRank: number;
  /** What x is the image of in its turn. */
  readonly of?: Preimage;
}

/** A draw: its value, and what that is the image of. */
export interface Draw {
  readonly value: Tensor;
  readonly preimage?: Preimage;
}

/**
 * x, where the value is its image under this map: what a law that knows the map takes its density by.
 *
 * @example
 * ```ts
 * const { preimage } = logNormal(0, 1).sampler.draw([tf.scalar(3)]);
 * imageUnder('exp', preimage)?.dataSync()[0]; // 3
 * ```
 */
export const imageUnder = (
  map: Preimage['map'],
  preimage: Preimage | undefined,
): Tensor | undefined => (preimage?.map === map ? preimage.x : undefined);

/** Every x along the way changed, each by its number of event axes. */
export const mapPreimage = (
  { of, ...preimage }: Preimage,
  f: (x: Tensor, eventRank: number) => Tensor,
): Preimage => ({
  ...preimage,
  x: f(preimage.x, preimage.eventRank),
  ...(of && { of: mapPreimage(of, f) }),
});

/** The same with more event axes, or fewer. */
export const withEventAxes = ({ of, ...preimage }: Preimage, by: number): Preimage => ({
  ...preimage,
  eventRank: preimage.eventRank + by,
  ...(of && { of: withEventAxes(of, by) }),
});

/** What other laws can know of it: maps without parameters, as far as they lead. */
export const sharedPreimage = (preimage: Preimage | undefined): Preimage | undefined => {
  if (preimage === undefined || typeof preimage.map !== 'string') return undefined;
  const { of, ...own } = preimage;
  const further = sharedPreimage(of);
  return { ...own, ...(further && { of: further }) };
};
