/** Labelled and unlabelled images side by side. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';

/** Images with their classes, one-hot, and images alone. */
export type Batch = {
  readonly labelled: { readonly x: Tensor; readonly y: Tensor };
  readonly unlabelled: Tensor;
};

/** All images of a batch, with their classes and where these are known. */
export const together = ({ labelled: { x, y }, unlabelled }: Batch) => {
  const [few, many] = [x.shape[0] ?? 0, unlabelled.shape[0] ?? 0];
  return {
    count: few + many,
    x: tf.concat([x, unlabelled]),
    y: {
      value: tf.concat([y, tf.zeros([many, y.shape[1] ?? 0])]),
      where: tf.concat([tf.ones([few]), tf.zeros([many])]),
    },
  };
};

/** How large networks and codes are. */
export interface Sizes {
  readonly pixels: number;
  readonly classes: number;
  readonly latent: number;
  readonly hidden: number;
}

/** What weighs the classes of labelled images in the loss, and the steps over which the learning rate falls. */
export interface Training {
  readonly alpha: number;
  readonly steps: number;
}
