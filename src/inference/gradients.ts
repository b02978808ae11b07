/** Value and gradients of a scalar function of parameters. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { isTracing } from '../compile/tracer.js';
import type { Params } from '../params.js';
import { acrossTape, orderTape } from '../tape.js';
import { differentiate } from '../transform/differentiate.js';
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
  if (isTracing()) {
    const { keep, gradients } = differentiate(params, f);
    return { kept: keep, gradients };
  }
  const held: Tensor[] = [];
  const losses: Tensor[] = [];
  const grads: (Tensor | null | undefined)[] = [];
  const tensors = Object.values(params);
  const onTape = (forward: () => void): void => {
    if (tensors.length === 0) return forward();
    const lossOf = (): Tensor => {
      forward();
      return losses[0] ?? tf.scalar(0);
    };
    try {
      grads.push(...tf.engine().gradients(lossOf, tensors, undefined, true).grads);
    } catch (error) {
      // A gradient that the backend lacks is found out on the way back, with all that was saved for it.
      const { activeTape, gradientDepth } = tf.engine().state;
      if (gradientDepth === 0) tf.dispose((activeTape ?? []).flatMap((node) => node.saved ?? []));
      throw error;
    }
  };
  acrossTape(onTape, () => {
    const { loss, keep } = f();
    // The engine frees all that its forward pass made, except what is marked.
    held.push(...keep.map((t) => tf.keep(tf.clone(t))));
    orderTape();
    losses.push(loss);
  });
  const kept = held.map((t) => tf.clone(t));
  tf.dispose(held);
  const found = new Map(Object.keys(params).map((name, i) => [name, grads[i]]));
  return { kept, gradients: mapParams(params, (x, name) => found.get(name) ?? tf.zerosLike(x)) };
};
