/** An overcomplete autoencoder of one layer with tied weights, and four ways to hold it back. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, program } from 'marginalia';
import { dense, dropout, transposedLayer, withParams } from 'marginalia/nn';
import { minimize } from 'marginalia/objectives';

export type Regulariser = 'L2' | 'L1' | 'dropout' | 'sparse code';

export interface Options {
  readonly pixels: number;
  readonly units: number;
  readonly regulariser: Regulariser;
  /** The weight λ of the penalty, or the rate of dropout. */
  readonly strength: number;
}

export const regularisedAutoencoder = ({ pixels, units, regulariser, strength }: Options) => {
  const encoder = dense('encoder', { units, activation: 'relu' });
  const decoder = transposedLayer('decoder', encoder, { units: pixels });
  const drop = dropout('drop', { rate: regulariser === 'dropout' ? strength : 0 });

  const penalty = (weights: Tensor, code: Tensor): Tensor => {
    switch (regulariser) {
      case 'L2':
        return tf.sum(tf.square(weights));
      case 'L1':
        return tf.sum(tf.abs(weights));
      case 'sparse code':
        return tf.mean(tf.sum(tf.abs(code), -1));
      case 'dropout':
        return tf.scalar(0);
    }
  };

  const loss = (x: Tensor) =>
    program(function* () {
      const { result: code, params } = yield* withParams(encoder(x));
      const seen = yield* decoder(yield* drop(code));
      return {
        reconstruction: tf.mean(tf.sum(tf.squaredDifference(seen, x), -1)),
        penalty: tf.mul(strength, penalty(params['encoder/kernel'], code)),
      };
    });

  return { encoder, decoder, objective: minimize(loss) };
};
