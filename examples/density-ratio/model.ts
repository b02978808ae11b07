/** A classifier that tells draws of q from draws of p: its logit is log q(x) / p(x). */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, adam, cosineDecay, program, svi } from 'marginalia';
import { mlp } from 'marginalia/nn';
import { minimize } from 'marginalia/objectives';

/** Draws of each, `[rows, width]`. */
export interface Draws {
  readonly q: Tensor;
  readonly p: Tensor;
}

const network = mlp('classifier', { hidden: [64, 64], out: 1 });

/** T(x), one for each row. */
export const logRatio = (x: Tensor) =>
  program(function* () {
    return tf.squeeze(yield* network(x), [-1]);
  });

/** −E_q log σ(T) − E_p log(1 − σ(T)). */
const mistakes = ({ q, p }: Draws) =>
  program(function* () {
    const real = tf.mean(tf.softplus(tf.neg(yield* logRatio(q))));
    const fake = tf.mean(tf.softplus(yield* logRatio(p)));
    return tf.add(real, fake);
  });

export const classifier = (steps: number) =>
  svi({ ...minimize(mistakes), optimizer: adam(cosineDecay(3e-3, steps)) });
