import * as tf from '@tensorflow/tfjs';
import { checkOptions, required, whole } from '../options.js';
import type { Shape } from '../noise.js';
import type { Initializer } from '../program/instruction.js';
import { checkName } from '../program/name.js';
import { param, shared } from '../program/param.js';
import { type Program, program } from '../program/program.js';
import type { Param } from '../program/site.js';
import type { Tensor } from '../tensor.js';
import { type Activation, activate, activations } from './activation.js';
import { glorotUniform, initializerRule, zeros } from './initializer.js';

/** Makes the initial value of a weight from its shape. */
export type InitializerFor = (shape: Shape) => Initializer | Tensor;

export interface DenseOptions {
  readonly units: number;
  readonly activation?: Activation;
  readonly kernel?: InitializerFor;
  /** The initial bias; `false` for none. */
  readonly bias?: InitializerFor | false;
}

/**
 * A dense layer, activation(x W + b), as a program over the parameters `name/kernel` `[in, units]`
 * and `name/bias` `[units]`, which all elements of the plates around it share.
 *
 * It acts on the last axis of `x`, under any number of left axes.
 *
 * @example
 * ```ts
 * const layer = dense('layer', { units: 3, activation: 'relu' });
 * simulate(layer(tf.ones([5, 2])), { key: key(0) }).shape; // [5, 3]
 * ```
 */
export const dense = <const N extends string>(name: N, options: DenseOptions) => {
  checkName('network', name);
  checkOptions(`dense '${name}'`, options, {
    units: required(whole(0)),
    activation: activations,
    kernel: initializerRule,
    bias: { ...initializerRule, holds: (bias) => bias === false || typeof bias === 'function' },
  });
  const { units, activation = 'identity', kernel = glorotUniform, bias = zeros } = options;
  return (x: Tensor): Program<Param<`${N}/kernel`> | Param<`${N}/bias`>, Tensor> =>
    shared(
      program(function* () {
        const inputs = x.shape[x.rank - 1];
        if (inputs === undefined) {
          throw new RangeError(
            `dense '${name}': expected an input of shape [..., features], but got a single number; ` +
              'add an axis with tf.expandDims(x, -1).',
          );
        }
        const w = yield* param(`${name}/kernel`, kernel([inputs, units]));
        const flat = x.rank === 2 ? x : tf.reshape(x, [-1, inputs]);
        const product = tf.matMul(flat, w);
        const sum =
          bias === false ? product : tf.add(product, yield* param(`${name}/bias`, bias([units])));
        const y = x.rank === 2 ? sum : tf.reshape(sum, [...x.shape.slice(0, -1), units]);
        return activate(activation)(y);
      }),
    );
};
