/** Initial values of weights: constants, or samplers whose noise the engine draws by site name. */
import * as tf from '@tensorflow/tfjs';
import { type Rule } from '../refusals/options.js';
import { type Shape, baseNoise } from '../tensors/noise.js';
import type { Initializer } from '../program/instruction.js';
import { sizeOf } from '../tensors/shape.js';
import type { Tensor } from '../tensors/tensor.js';
import { orthonormal } from './orthonormal.js';

/** An initializer as an option. */
export const initializerRule: Rule = {
  expected: 'a function of the shape',
  holds: (value) => typeof value === 'function',
  cure: 'pass initializers.heNormal, say',
};

/** An initial bias as an option, which `false` leaves out. */
export const biasRule: Rule = {
  ...initializerRule,
  expected: 'a function of the shape, or false for none',
  holds: (value) => value === false || typeof value === 'function',
};

/**
 * How many numbers a weight adds up for an output, and how many outputs an input goes to: of a kernel
 * `[...window, in, out]` those of its channels times the size of its window.
 */
const fans = (shape: Shape): { readonly fanIn: number; readonly fanOut: number } => {
  const [fanIn = 1, fanOut = 1] = shape.length < 2 ? [1, ...shape] : shape.slice(-2);
  const window = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return { fanIn: fanIn * window, fanOut: fanOut * window };
};

const uniformWithin = (shape: Shape, limit: number): Initializer => ({
  shape,
  noise: baseNoise('uniform'),
  push: (u) => tf.mul(tf.sub(tf.mul(u, 2), 1), limit),
});

const normalWith = (shape: Shape, deviation: number): Initializer => ({
  shape,
  noise: baseNoise('normal'),
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
 * N(0, 2 / (in + out)) (Glorot and Bengio 2010, equation 12).
 *
 * @example
 * ```ts
 * initializers.glorotNormal([5, 3]).push(tf.scalar(1)).dataSync()[0]; // 0.5
 * ```
 */
export const glorotNormal = (shape: Shape): Initializer => {
  const { fanIn, fanOut } = fans(shape);
  return normalWith(shape, Math.sqrt(2 / (fanIn + fanOut)));
};

/**
 * U(−a, a), a = √(6 / in), for rectifiers (He et al. 2015, section 2.2, arXiv:1502.01852).
 *
 * @example
 * ```ts
 * initializers.heUniform([24, 2]).push(tf.scalar(1)).dataSync()[0]; // 0.5
 * ```
 */
export const heUniform = (shape: Shape): Initializer =>
  uniformWithin(shape, Math.sqrt(6 / fans(shape).fanIn));

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
 * N(0, 1 / in) (LeCun et al. 1998, Efficient BackProp, section 4.6).
 *
 * @example
 * ```ts
 * initializers.lecunNormal([4, 1]).push(tf.scalar(1)).dataSync()[0]; // 0.5
 * ```
 */
export const lecunNormal = (shape: Shape): Initializer =>
  normalWith(shape, Math.sqrt(1 / fans(shape).fanIn));

/**
 * `gain` times a matrix with orthonormal columns, or rows where there are fewer of them, uniformly among all
 * of them (Saxe et al. 2014, arXiv:1312.6120; Mezzadri 2007, arXiv:math-ph/0609050). All axes but the last
 * count as rows.
 *
 * @example
 * ```ts
 * const { push } = initializers.orthogonal()([2, 2]);
 * const q = push(tf.tensor2d([[3, 1], [4, 2]])).as2D(2, 2);
 * q.arraySync(); // [[0.6, -0.8], [0.8, 0.6]]
 * ```
 */
export const orthogonal =
  (gain = 1) =>
  (shape: Shape): Initializer => ({
    shape,
    noise: baseNoise('normal'),
    push: (e) => {
      const columns = shape[shape.length - 1] ?? 1;
      const rows = sizeOf(shape) / columns;
      const q = orthonormal(e.dataSync(), rows, columns);
      return tf.tensor(
        q.map((x) => x * gain),
        [...shape],
      );
    },
  });

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
