/** Scopes that free every tensor made inside, except those that the result owns. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from './tensor.js';

/**
 * Runs `body` and frees what it made, except the tensors that `owned` names. Unlike `tf.tidy`, the
 * result may be any value.
 */
export const tidied = <A>(body: () => A, owned: (result: A) => readonly Tensor[]): A => {
  const results: A[] = [];
  tf.tidy(() => {
    const result = body();
    results.push(result);
    return [...owned(result)];
  });
  const [result] = results;
  if (result === undefined) throw new Error('scoped: the body returned nothing.');
  return result;
};
