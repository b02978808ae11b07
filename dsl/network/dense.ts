import * as tf from '@tensorflow/tfjs';
import { checkOptions, required, whole } from '../refusals/options.js';
import type { Shape } from '../tensors/noise.js';
import type { Initializer } from '../program/instruction.js';
import { checkName } from '../program/name.js';
import { param, shared } from '../program/param.js';
import { type Program, program } from '../program/program.js';
import type { Param } from '../program/site.js';
import type { Tensor } from '../tensors/tensor.js';
import { type Activation, activate, activations } from './activation.js';
import { biasRule, glorotUniform, initializerRule, zeros } from './initializer.js';
import { lastOf, overRows } from './layer.js';

/** Makes the initial value of a weight from its shape. */
export type InitializerFor = (shape: Shape) => Initializer | Tensor;

export interface DenseOptions {
  readonly units: number;
  readonly activation?: Activation;
  readonly kernel?: InitializerFor;
  /** The initial bias; `false` for none. */
  readonly bias?: InitializerFor | false;
}

/** A dense layer, with what its transpose shares of it. */
export interface DenseLayer<N extends string = string> {
  (x: Tensor): Program<Param<`${N}/kernel`> | Param<`${N}/bias`>, Tensor>;
  readonly weights: {
    readonly of: 'dense';
    readonly owner: N;
    readonly units: number;
    readonly kernel: InitializerFor;
  };
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
export const dense = <const N extends string>(name: N, options: DenseOptions): DenseLayer<N> => {
  checkName('network', name);
  checkOptions(`dense '${name}'`, options, {
    units: required(whole(0)),
    activation: activations,
    kernel: initializerRule,
    bias: biasRule,
  });
  const { units, activation = 'identity', kernel = glorotUniform, bias = zeros } = options;
  const layer = (x: Tensor): ReturnType<DenseLayer<N>> =>
    shared(
      program(function* () {
        const who = `dense '${name}'`;
        const inputs = lastOf(who, x, ['features']);
        const w = yield* param(`${name}/kernel`, kernel([inputs, units]));
        const b = bias === false ? undefined : yield* param(`${name}/bias`, bias([units]));
        const y = overRows(who, x, ['features'], (rows) => {
          const product = tf.matMul(rows, w);
          return b === undefined ? product : tf.add(product, b);
        });
        return activate(activation)(y);
      }),
    );
  return Object.assign(layer, { weights: { of: 'dense', owner: name, units, kernel } as const });
};
