import * as tf from '@tensorflow/tfjs';
import { type Rule, checkOptions, oneOf, required, whole } from '../refusals/options.js';
import { checkName } from '../program/name.js';
import { param, shared } from '../program/param.js';
import { type Program, program } from '../program/program.js';
import type { Param } from '../program/site.js';
import type { Tensor } from '../tensors/tensor.js';
import { type Activation, activate, activations } from './activation.js';
import type { InitializerFor } from './dense.js';
import { biasRule, glorotUniform, initializerRule, zeros } from './initializer.js';
import { lastOf, overRows } from './layer.js';

/** Height and width, or one number for both. */
export type Size = number | readonly [height: number, width: number];

export interface Conv2dOptions {
  readonly filters: number;
  readonly kernelSize: Size;
  /** How far apart windows are; 1 where it is left out. */
  readonly strides?: Size;
  /** `same` pads with zeros so that strides alone shrink an image; `valid`, the default, pads nothing. */
  readonly padding?: 'same' | 'valid';
  readonly activation?: Activation;
  readonly kernel?: InitializerFor;
  /** The initial bias; `false` for none. */
  readonly bias?: InitializerFor | false;
}

export interface Conv2dTransposeOptions extends Conv2dOptions {
  /**
   * The output's height and width, where several have a convolution of the input's: the smallest for `valid`,
   * strides times the input's for `same`, where it is left out.
   */
  readonly outputSize?: Size;
}

export const sizeRule: Rule = {
  expected: 'a whole number of at least 1, or [height, width]',
  holds: (value) =>
    (Array.isArray(value) && value.length === 2 ? value : [value]).every(
      (n) => typeof n === 'number' && Number.isInteger(n) && n >= 1,
    ),
  cure: 'pass 3, say',
};

const conv2dRules = {
  filters: required(whole()),
  kernelSize: required(sizeRule),
  strides: sizeRule,
  padding: oneOf('same', 'valid'),
  activation: activations,
  kernel: initializerRule,
  bias: biasRule,
};

const IMAGE = ['height', 'width', 'channels'];

const both = (size: Size): [number, number] =>
  typeof size === 'number' ? [size, size] : [size[0], size[1]];

/** Where the windows of a convolution lie. */
export interface Windows {
  readonly kernelSize: Size;
  readonly strides: Size;
  readonly padding: 'same' | 'valid';
}

/** A convolution, with what its transpose shares of it. */
export interface Conv2dLayer<N extends string = string> {
  (x: Tensor): Program<Param<`${N}/kernel`> | Param<`${N}/bias`>, Tensor>;
  readonly weights: Windows & {
    readonly of: 'conv2d';
    readonly owner: N;
    readonly filters: number;
    readonly kernel: InitializerFor;
  };
}

const isImages = (x: Tensor): x is tf.Tensor4D => x.rank === 4;

/** A tensor of four axes: images, or the kernel of a convolution. */
const asImages = (x: Tensor): tf.Tensor4D => {
  if (isImages(x)) return x;
  throw new Error(`conv2d: expected four axes, but got ${x.rank}.`);
};

/**
 * A convolution of images (a cross-correlation, as in every library of networks), as a program over the
 * parameters `name/kernel` `[height, width, in, filters]` and `name/bias` `[filters]`, which all elements
 * of the plates around it share.
 *
 * It acts on the last axes `[height, width, channels]` of `x`, under any number of left axes.
 *
 * @example
 * ```ts
 * const layer = conv2d('layer', { filters: 4, kernelSize: 3, strides: 2, padding: 'same' });
 * simulate(layer(tf.ones([5, 28, 20, 1])), { key: key(0) }).shape; // [5, 14, 10, 4]
 * ```
 */
export const conv2d = <const N extends string>(name: N, options: Conv2dOptions): Conv2dLayer<N> => {
  const who = `conv2d '${name}'`;
  checkName('network', name);
  checkOptions(who, options, conv2dRules);
  const { filters, kernelSize, strides = 1, padding = 'valid', activation = 'identity' } = options;
  const { kernel = glorotUniform, bias = zeros } = options;
  const layer = (x: Tensor): ReturnType<Conv2dLayer<N>> =>
    shared(
      program(function* () {
        const channels = lastOf(who, x, IMAGE);
        const shape = [...both(kernelSize), channels, filters];
        const w = asImages(yield* param(`${name}/kernel`, kernel(shape)));
        const b = bias === false ? undefined : yield* param(`${name}/bias`, bias([filters]));
        const y = overRows(who, x, IMAGE, (images) => {
          const made = tf.conv2d(asImages(images), w, both(strides), padding);
          return b === undefined ? made : tf.add(made, b);
        });
        return activate(activation)(y);
      }),
    );
  const weights = {
    of: 'conv2d',
    owner: name,
    filters,
    kernel,
    kernelSize,
    strides,
    padding,
  } as const;
  return Object.assign(layer, { weights });
};

/** The height or width of what a convolution makes `length` of. */
const grown = (
  length: number,
  window: number,
  stride: number,
  padding: Windows['padding'],
): number => (padding === 'same' ? length * stride : (length - 1) * stride + window);

/** The height or width of what a convolution makes of `length`. */
const shrunk = (
  length: number,
  window: number,
  stride: number,
  padding: Windows['padding'],
): number => Math.ceil((padding === 'same' ? length : length - window + 1) / stride);

/**
 * The adjoint of a convolution with the kernel `w` `[height, width, filters, in]`, whose input this makes:
 * `[rows, height, width, in]` to `[rows, height, width, filters]`.
 */
export const transposedConv2d = (
  who: string,
  images: Tensor,
  w: Tensor,
  { kernelSize, strides, padding }: Windows,
  outputSize: Size | undefined,
): Tensor => {
  const [count = 1, ...input] = images.shape;
  const [window, stride] = [both(kernelSize), both(strides)];
  const size = [0, 1].map((i) => {
    const [n, k, s] = [input[i] ?? 1, window[i] ?? 1, stride[i] ?? 1];
    const length = outputSize === undefined ? grown(n, k, s, padding) : (both(outputSize)[i] ?? 1);
    if (shrunk(length, k, s, padding) === n) return length;
    throw new RangeError(
      `${who}: expected outputSize to be a size of which a convolution makes ${n}, but got ${length}; ` +
        `pass ${grown(n, k, s, padding)}, or leave it out.`,
    );
  });
  const [height = 1, width = 1] = size;
  const filters = w.shape[2] ?? 1;
  return tf.conv2dTranspose(
    asImages(images),
    asImages(w),
    [count, height, width, filters],
    stride,
    padding,
  );
};

/**
 * A transposed convolution: the adjoint of the convolution from its output to its input, as decoders of
 * images grow them with, as a program over the parameters `name/kernel` `[height, width, in, filters]` and
 * `name/bias` `[filters]`, which all elements of the plates around it share.
 *
 * It acts on the last axes `[height, width, channels]` of `x`, under any number of left axes.
 *
 * @example
 * ```ts
 * const layer = conv2dTranspose('layer', { filters: 1, kernelSize: 3, strides: 2, padding: 'same' });
 * simulate(layer(tf.ones([5, 14, 10, 4])), { key: key(0) }).shape; // [5, 28, 20, 1]
 * ```
 */
export const conv2dTranspose = <const N extends string>(
  name: N,
  options: Conv2dTransposeOptions,
) => {
  const who = `conv2dTranspose '${name}'`;
  checkName('network', name);
  checkOptions(who, options, { ...conv2dRules, outputSize: sizeRule });
  const { filters, kernelSize, strides = 1, padding = 'valid', activation = 'identity' } = options;
  const { kernel = glorotUniform, bias = zeros, outputSize } = options;
  return (x: Tensor): Program<Param<`${N}/kernel`> | Param<`${N}/bias`>, Tensor> =>
    shared(
      program(function* () {
        const channels = lastOf(who, x, IMAGE);
        const shape = [...both(kernelSize), channels, filters];
        const w = yield* param(`${name}/kernel`, kernel(shape));
        const b = bias === false ? undefined : yield* param(`${name}/bias`, bias([filters]));
        // Kept as inputs before outputs, which initial values count by.
        const turned = tf.transpose(w, [0, 1, 3, 2]);
        const windows = { kernelSize, strides, padding };
        const y = overRows(who, x, IMAGE, (images) => {
          const made = transposedConv2d(who, images, turned, windows, outputSize);
          return b === undefined ? made : tf.add(made, b);
        });
        return activate(activation)(y);
      }),
    );
};
