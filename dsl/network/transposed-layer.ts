import * as tf from '@tensorflow/tfjs';
import { checkOptions, required, whole } from '../refusals/options.js';
import { checkName } from '../program/name.js';
import { param, shared } from '../program/param.js';
import { type Program, program } from '../program/program.js';
import type { Param } from '../program/site.js';
import type { Tensor } from '../tensors/tensor.js';
import { type Activation, activate, activations } from './activation.js';
import { type Conv2dLayer, type Size, sizeRule, transposedConv2d } from './convolution.js';
import type { DenseLayer, InitializerFor } from './dense.js';
import { biasRule, zeros } from './initializer.js';
import { lastOf, overRows } from './layer.js';

export interface TransposedLayerOptions {
  /** The length of the output's last axis: that of the input of the layer. */
  readonly units: number;
  readonly activation?: Activation;
  /** The initial bias, which is the transpose's own; `false` for none. */
  readonly bias?: InitializerFor | false;
  /** Of a convolution, the output's height and width, where several are possible. */
  readonly outputSize?: Size;
}

/** Throws where the input is not what the layer makes. */
const checkInput = (who: string, found: number, made: number): void => {
  if (found === made) return;
  throw new RangeError(
    `${who}: expected an input of ${made} on its last axis, as the layer makes, but got ${found}; ` +
      'transpose layers in reverse order.',
  );
};

/**
 * The transpose of a dense layer or a convolution, with tied weights: activation(x Wᵀ + c) with W the
 * layer's own `kernel`, one parameter that both train, and a bias `name/bias` `[units]` of its own.
 *
 * @example
 * ```ts
 * const encoder = dense('encoder', { units: 2 });
 * const decoder = transposedLayer('decoder', encoder, { units: 5 });
 * const both = program(function* () {
 *   return yield* decoder(yield* encoder(tf.ones([3, 5])));
 * });
 * const past = trace(both, { key: key(0) });
 * past.result.shape; // [3, 5]
 * Object.keys(past.sites); // ['encoder/kernel', 'encoder/bias', 'decoder/bias']
 * ```
 */
export const transposedLayer = <const N extends string, const M extends string>(
  name: N,
  { weights }: DenseLayer<M> | Conv2dLayer<M>,
  options: TransposedLayerOptions,
) => {
  const who = `transposedLayer '${name}'`;
  checkName('network', name);
  checkOptions(who, options, {
    units: required(whole()),
    activation: activations,
    bias: biasRule,
    outputSize: sizeRule,
  });
  const { units, activation = 'identity', bias = zeros, outputSize } = options;
  const tied = (x: Tensor): Program<Param<`${M}/kernel`>, Tensor> =>
    program(function* () {
      switch (weights.of) {
        case 'dense': {
          checkInput(who, lastOf(who, x, ['features']), weights.units);
          const w = yield* param(`${weights.owner}/kernel`, weights.kernel([units, weights.units]));
          return overRows(who, x, ['features'], (rows) => tf.matMul(rows, w, false, true));
        }
        case 'conv2d': {
          const image = ['height', 'width', 'channels'];
          checkInput(who, lastOf(who, x, image), weights.filters);
          const { kernelSize } = weights;
          const window = typeof kernelSize === 'number' ? [kernelSize, kernelSize] : kernelSize;
          const w = yield* param(
            `${weights.owner}/kernel`,
            weights.kernel([...window, units, weights.filters]),
          );
          return overRows(who, x, image, (rows) =>
            transposedConv2d(who, rows, w, weights, outputSize),
          );
        }
      }
    });
  return (x: Tensor): Program<Param<`${M}/kernel`> | Param<`${N}/bias`>, Tensor> =>
    shared(
      program(function* () {
        const y = yield* tied(x);
        const sum = bias === false ? y : tf.add(y, yield* param(`${name}/bias`, bias([units])));
        return activate(activation)(sum);
      }),
    );
};
