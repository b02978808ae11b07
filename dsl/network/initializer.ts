/** Initial values of weights: constants, or samplers whose noise the engine draws by site name. */
import * as tf from '@tensorflow/tfjs';
import { type Rule } from '../options.js';
import { type Shape, noise } from '../noise.js';
import type { Initializer } from '../program/instruction.js';
import type { Tensor } from '../tensor.js';

/** An initializer as an option. */
export const initializerRule: Rule = {
  expected: 'a function of the shape',
  holds: (value) => typeof value === 'function',
  cure: 'pass initializers.heNormal, say',
};

/** Inputs and outputs of a weight: all axes but the last, and the last. */
const fans = (shape: Shape): { readonly fanIn: number; readonly fanOut: number } => {
  const fanOut = shape[shape.length - 1] ?? 1;
  return { fanIn: shape.slice(0, -1).reduce((a, b) => a * b, 1), fanOut };
};

const uniformWithin = (shape: Shape, limit: number): Initializer => ({
  shape,
  noise: noise('uniform'),
  push: (u) => tf.mul(tf.sub(tf.mul(u, 2), 1), limit),
});

const normalWith = (shape: Shape, deviation: number): Initializer => ({
  shape,
  noise: noise('normal'),
  push: (e) => tf.mul(e, deviation),
});

/**
 * U(−a, a), a = √(6 / (in + out)) (Glorot and Bengio 2010, equation 16).
 *
 * @example
 * ```ts
 * initializers.glorotUniform([16, 8]).push(tf.scalar(1)).dataSync()[0]; // 0.5
 * ```
 */
export const glorotUniform = (shape: Shape): Initializer => {
  const { fanIn, fanOut } = fans(shape);
  return uniformWithin(shape, Math.sqrt(6 / (fanIn + fanOut)));
};

/**
 * N(0, 2 / in), for rectifiers (He et al. 2015, section 2.2, arXiv:1502.01852).
 *
 * @example
 * ```ts
 * initializers.heNormal([8, 2]).push(tf.scalar(1)).dataSync()[0]; // 0.5
 * ```
 */
export const heNormal = (shape: Shape): Initializer =>
  normalWith(shape, Math.sqrt(2 / fans(shape).fanIn));

/**
 * U(−a, a), a = √(3 / in) (LeCun et al. 1998, Efficient BackProp, section 4.6).
 *
 * @example
 * ```ts
 * initializers.lecunUniform([12, 1]).push(tf.scalar(1)).dataSync()[0]; // 0.5
 * ```
 */
export const lecunUniform = (shape: Shape): Initializer =>
  uniformWithin(shape, Math.sqrt(3 / fans(shape).fanIn));

/**
 * N(0, deviation²).
 *
 * @example
 * ```ts
 * initializers.normalInitializer(0.1)([2]).push(asTensor([1, -1])).arraySync(); // [0.1, -0.1]
 * ```
 */
export const normalInitializer =
  (deviation: number) =>
  (shape: Shape): Initializer =>
    normalWith(shape, deviation);

/**
 * A constant.
 *
 * @example
 * ```ts
 * initializers.constant(3)([2]).arraySync(); // [3, 3]
 * ```
 */
export const constant =
  (value: number) =>
  (shape: Shape): Tensor =>
    tf.fill([...shape], value);

/**
 * Zeros, the usual bias.
 *
 * @example
 * ```ts
 * initializers.zeros([2]).arraySync(); // [0, 0]
 * ```
 */
export const zeros = constant(0);

/**
 * Ones.
 *
 * @example
 * ```ts
 * initializers.ones([2]).arraySync(); // [1, 1]
 * ```
 */
export const ones = constant(1);
