/** Losses by hand in TensorFlow.js, which is all that is imported here. */
import type * as tf from '@tensorflow/tfjs';

export type Named = Readonly<Record<string, tf.Tensor>>;

/** Standard normals of a shape, for the draw that the name stands for. */
export type Noise = (name: string, shape: readonly number[]) => tf.Tensor;

/** −bound in nats: parameters are unconstrained, and scales are given by their logarithms. */
export type Loss = (params: Named, noise: Noise, batch: Named) => tf.Tensor;
