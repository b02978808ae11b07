/** What regularisers do to an autoencoder, in numbers. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, item, key, simulate } from 'marginalia';
import type { Params } from 'marginalia/inference';
import { dropout } from 'marginalia/nn';
import { measuring, squaredError } from '../gallery/index.js';
import type { regularisedAutoencoder } from './model.js';

type Autoencoder = ReturnType<typeof regularisedAutoencoder>;

/** A trained autoencoder on images that it did not see. */
export interface Measured {
  /** The share of units of the code that are not 0. */
  readonly activity: number;
  /** Squared error per image. */
  readonly error: number;
  /** The same with half of the code dropped. */
  readonly errorOfHalf: number;
  /** ‖W‖². */
  readonly squaredWeights: number;
  /** The share of weights below a hundredth of the largest. */
  readonly smallWeights: number;
  /** The weights of each unit, the longest first. */
  readonly features: readonly Float32Array[];
}

const shareOf = (condition: Tensor): number => item(tf.mean(tf.cast(condition, 'float32')));

/** The columns of W `[pixels, units]`. */
const featuresOf = (weights: Tensor): readonly Float32Array[] => {
  const [pixels = 0, units = 0] = weights.shape;
  const values = tf.transpose(weights).dataSync<'float32'>();
  const lengthOf = (v: Float32Array): number => Math.hypot(...v);
  return Array.from({ length: units }, (_, j) =>
    values.slice(j * pixels, (j + 1) * pixels),
  ).toSorted((a, b) => lengthOf(b) - lengthOf(a));
};

export const measure = (
  { encoder, decoder }: Autoencoder,
  params: Params<'encoder/kernel'>,
  x: Tensor,
): Measured =>
  measuring(() => {
    const code = simulate(encoder(x), { params });
    const errorOf = (kept: Tensor): number => squaredError(simulate(decoder(kept), { params }), x);
    const weights = params['encoder/kernel'];
    const size = tf.abs(weights);
    return {
      activity: shareOf(tf.greater(code, 0)),
      error: errorOf(code),
      errorOfHalf: errorOf(simulate(dropout('half', { rate: 0.5 })(code), { key: key(0) })),
      squaredWeights: item(tf.sum(tf.square(weights))),
      smallWeights: shareOf(tf.less(size, tf.mul(0.01, tf.max(size)))),
      features: featuresOf(weights),
    };
  });
