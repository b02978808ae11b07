/** Undercomplete autoencoders: a code narrower than the datum, by a single layer or by several. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, adam, cosineDecay, program, svi } from 'marginalia';
import { dense, mlp, sequential } from 'marginalia/nn';
import { minimize } from 'marginalia/objectives';

export interface Autoencoder {
  /** Numbers of a datum, and of its code. */
  readonly width: number;
  readonly latent: number;
  /** Units of each layer before the code, and in reverse after it; none for a single layer. */
  readonly hidden: readonly number[];
  readonly steps: number;
}

/** What is rebuilt of data `[count, width]`, and the inference that makes its squared error least. */
export const autoencoder = ({ width, latent, hidden, steps }: Autoencoder) => {
  const single = hidden.length === 0;
  const encoder = single
    ? dense('encoder', { units: latent, activation: 'tanh' })
    : mlp('encoder', { hidden, out: latent });
  const decoder = mlp('decoder', { hidden: hidden.toReversed(), out: width });
  const rebuild = sequential(encoder, decoder);
  const loss = (x: Tensor) =>
    program(function* () {
      return tf.mean(tf.sum(tf.square(tf.sub(x, yield* rebuild(x))), -1));
    });
  return {
    rebuild,
    inference: svi({ ...minimize(loss), optimizer: adam(cosineDecay(2e-3, steps)) }),
  };
};
