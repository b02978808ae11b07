/** Host code as a function of tensors: what no gradient passes, and what no graph can look into. */
import * as tf from '@tensorflow/tfjs';
import { SiteError } from '../refusals/error.js';
import { withGradients } from './gradient.js';
import { type HostCode, type HostKernel, runHostKernel } from './host-kernel.js';
import { checkOptions, oneOf, required } from '../refusals/options.js';
import { sameShape, showShape } from './shape.js';
import type { Shape } from './noise.js';
import { type Tensor, type TensorLike, asTensor, lifted } from './tensor.js';

/** What a host function gives, whatever its arguments are. */
export interface BlackBoxOptions {
  /** Its shape for one draw, as a program sees it. */
  readonly shape: Shape;
  /** `float32`, the default, or `int32` for what programs index with. */
  readonly dtype?: 'float32' | 'int32';
}

/** The kernel that calls host code: of attributes `code`, `shape` and `dtype`. */
export const HOST_CODE = 'HostCode';

const numbered = (xs: readonly Tensor[]): Readonly<Record<string, Tensor>> =>
  Object.fromEntries(xs.map((x, i) => [`x${i}`, x]));

/** One call of the host function: its numbers, checked. */
const resultOf = (
  f: (...inputs: Tensor[]) => TensorLike,
  { shape, dtype = 'float32' }: BlackBoxOptions,
  inputs: readonly Tensor[],
): ArrayLike<number> => {
  const found = asTensor(f(...inputs), 'blackBox');
  if (!sameShape(found.shape, shape)) {
    throw new SiteError({
      site: 'blackBox',
      expected: `a result of shape ${showShape(shape)}, as declared`,
      received: `shape ${showShape(found.shape)}`,
      cure: 'Return what one draw gives, or declare its shape: blackBox(f, { shape }).',
    });
  }
  const values = found.dataSync();
  const odd = dtype === 'int32' ? values.find((v) => !Number.isInteger(v)) : undefined;
  if (odd !== undefined) {
    throw new SiteError({
      site: 'blackBox',
      expected: "whole numbers, as dtype 'int32' declares",
      received: String(odd),
      cure: "Round them, or leave out `dtype: 'int32'`.",
    });
  }
  return values;
};

const codeOf =
  (
    f: (...inputs: Tensor[]) => TensorLike,
    options: BlackBoxOptions,
    inputs: readonly Tensor[],
  ): HostCode =>
  (values, out) => {
    const shapes = inputs.map(({ shape, dtype }) => ({ shape: [...shape], dtype }));
    tf.tidy(() => {
      const tensors = values.map((own, i) => {
        const { shape = [], dtype = 'float32' } = shapes[i] ?? {};
        return tf.tensor(Array.from(own), shape, dtype);
      });
      const found = resultOf(f, options, tensors);
      for (let k = 0; k < found.length; k += 1) out[k] = found[k] ?? Number.NaN;
    });
  };

/** Whether what a kernel is told is host code. */
export const isHostCode = (value: unknown): value is HostCode => typeof value === 'function';

const kernel: HostKernel = {
  name: HOST_CODE,
  work: ({ code, shape, dtype }) => {
    if (!isHostCode(code) || !Array.isArray(shape)) throw new Error('blackBox: no code came.');
    return { code, shape: shape.map(Number), dtype: dtype === 'int32' ? 'int32' : 'float32' };
  },
};

/**
 * Host code as a function of tensors: y = f(x₁, x₂, …) for any plain JavaScript `f`, a simulator or a
 * program of another kind among them, which reads the numbers of its arguments and gives numbers back.
 *
 * - `f` sees one draw, as programs do: tensors of `[...plates, ...event]`, to be read by `arraySync`. It is
 *   called once for each particle and each value that is summed over. It gives a number, an array or a
 *   tensor of the declared `shape`, and must be a pure function of its arguments.
 * - No gradient passes. A latent site that reaches the bound through it gets a score function or a sum
 *   over its values, and another estimator is refused; so is a parameter with no site in between.
 * - Compiled steps call it in generated JavaScript, or between two graphs of ONNX Runtime.
 * - Errors: an option that is missing or unknown throws a `RangeError`; a result of another shape, or `f`
 *   reading a draw or a parameter that is none of its arguments, a `SiteError`.
 *
 * @example
 * ```ts
 * const steps = blackBox((z: Tensor) => Math.floor(Number(z.arraySync())), { shape: [] });
 * steps(2.7).arraySync(); // 2
 * const model = program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   yield* observe('x', normal(steps(z), 1), 3);
 * });
 * derive(model, sample('z', normal(2, 1)), elbo({ particles: 2 })).latents[0]?.estimator.name; // 'scoreFunction'
 * ```
 */
export const blackBox = (
  f: (...inputs: Tensor[]) => TensorLike,
  options: BlackBoxOptions,
): ((...inputs: TensorLike[]) => Tensor) => {
  checkOptions('blackBox', options, {
    shape: required({
      expected: 'a shape of whole numbers of at least 0',
      holds: (shape) =>
        Array.isArray(shape) && shape.every((n) => Number.isInteger(n) && Number(n) >= 0),
      cure: 'pass { shape: [] } for one number',
    }),
    dtype: oneOf('float32', 'int32'),
  });
  const { shape, dtype = 'float32' } = options;
  return (...inputs) =>
    withGradients(
      inputs.map((x) => lifted(x, 'blackBox')),
      (xs) => runHostKernel(kernel, numbered(xs), { code: codeOf(f, options, xs), shape, dtype }),
      (_, xs) => xs.map((x) => tf.zeros(x.shape)),
    );
};
