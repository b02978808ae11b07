/** An autoencoder whose code hardly moves with its input: the norm of its Jacobian is part of the loss. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, program } from 'marginalia';
import { dense, transposedLayer, withParams } from 'marginalia/nn';
import { minimize } from 'marginalia/objectives';

/** ‖∂c/∂x‖² of c = σ(x W + b), of each row: Σ_j (c_j (1 − c_j))² Σ_i W_ij². */
export const jacobianNorm = (code: Tensor, weights: Tensor): Tensor => {
  const slope = tf.mul(code, tf.sub(1, code));
  return tf.sum(tf.mul(tf.square(slope), tf.sum(tf.square(weights), 0)), -1);
};

export const contractiveAutoencoder = (pixels: number, units: number, lambda: number) => {
  const encoder = dense('encoder', { units, activation: 'sigmoid' });
  const decoder = transposedLayer('decoder', encoder, { units: pixels, activation: 'sigmoid' });
  const loss = (x: Tensor) =>
    program(function* () {
      const { result: code, params } = yield* withParams(encoder(x));
      const seen = yield* decoder(code);
      return {
        reconstruction: tf.mean(tf.sum(tf.squaredDifference(seen, x), -1)),
        contraction: tf.mul(lambda, tf.mean(jacobianNorm(code, params['encoder/kernel']))),
      };
    });
  return { encoder, decoder, objective: minimize(loss) };
};
