/** The derivatives that TensorFlow.js has registered, for kernels that have no record yet. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { kernelAttributes } from '../kernels/call.js';
import type { AdjointSite, Vjp } from '../kernels/kernel.js';

/** The rule for an input of a kernel, if TensorFlow.js has one. */
export const registeredVjp = (kernel: string): Vjp | undefined => {
  const config = tf.getGradient(kernel);
  if (config === undefined) return undefined;
  const { inputsToSave = [], outputsToSave = [], saveAllInputs, gradFunc } = config;
  return ({ dys, dy, at, outputs, inputs, attributes }: AdjointSite, input): Tensor | undefined => {
    const saved = [
      ...(saveAllInputs === true ? inputs : inputsToSave).map(at),
      ...outputs.filter((_, i) => outputsToSave[i] === true),
    ];
    const several = dys.length > 1 || kernel === 'SplitV' || kernel === 'Unpack';
    const found = gradFunc(several ? [...dys] : dy, saved, kernelAttributes(attributes));
    return found[input]?.();
  };
};
