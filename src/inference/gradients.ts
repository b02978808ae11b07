/** Value and gradients of a scalar function of parameters. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import type { Params } from '../params.js';
import { orderTape } from '../tape.js';
import { mapParams } from './optimizer.js';

/**
 * The gradient of the scalar `f().loss` with respect to every parameter; a parameter that it does
 * not use has gradient zero. TensorFlow.js's own `grads` throws there, so its engine is asked
 * directly. The tensors in `f().keep` are returned beside it.
 */
export const withGradients = (
  params: Params,
  f: () => { readonly loss: Tensor; readonly keep: readonly Tensor[] },
): { readonly kept: readonly Tensor[]; readonly gradients: Params } => {
  const held: Tensor[] = [];
  const thrown: unknown[] = [];
  const forward = (): Tensor => {
    try {
      const { loss, keep } = f();
      // The engine frees all that its forward pass made, except what is marked.
      held.push(...keep.map((t) => tf.keep(tf.clone(t))));
      orderTape();
      return loss;
    } catch (error) {
      // An exception that crosses the tape would leave all that the tape holds behind.
      thrown.push(error);
      return tf.scalar(0);
    }
  };
  const tensors = Object.values(params);
  const grads: readonly (Tensor | null | undefined)[] =
    tensors.length === 0
      ? (forward(), [])
      : tf.engine().gradients(forward, tensors, undefined, true).grads;
  if (thrown.length > 0) throw thrown[0];
  const kept = held.map((t) => tf.clone(t));
  tf.dispose(held);
  const found = new Map(Object.keys(params).map((name, i) => [name, grads[i]]));
  return { kept, gradients: mapParams(params, (x, name) => found.get(name) ?? tf.zerosLike(x)) };
};
