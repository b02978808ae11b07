/** A linear autoencoder: a code of a few numbers, from which the datum is rebuilt, with tied weights or without. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, adam, cosineDecay, program, svi } from 'marginalia';
import { dense, transposedLayer } from 'marginalia/nn';
import { minimize } from 'marginalia/objectives';

export interface LinearAutoencoder {
  /** Numbers of a datum, and of its code. */
  readonly width: number;
  readonly latent: number;
  /** Whether the decoder is the encoder's transpose. */
  readonly tied: boolean;
  readonly steps: number;
}

/** What is rebuilt of data `[count, width]`, and the inference that makes its squared error least. */
export const linearAutoencoder = ({ width, latent, tied, steps }: LinearAutoencoder) => {
  const encoder = dense('encoder', { units: latent, bias: false });
  const decoder = tied
    ? transposedLayer('decoder', encoder, { units: width })
    : dense('decoder', { units: width });
  const rebuild = (x: Tensor) =>
    program(function* () {
      return yield* decoder(yield* encoder(x));
    });
  const loss = (x: Tensor) =>
    program(function* () {
      return tf.mean(tf.sum(tf.square(tf.sub(x, yield* rebuild(x))), -1));
    });
  return {
    rebuild,
    inference: svi({ ...minimize(loss), optimizer: adam(cosineDecay(0.03, steps)) }),
  };
};
