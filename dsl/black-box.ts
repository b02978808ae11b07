/** Host code as a function of tensors: what no gradient passes, and what no graph can look into. */
import * as tf from '@tensorflow/tfjs';
import { SiteError } from './error.js';
import { withGradients } from './gradient.js';
import { checkOptions, oneOf, required } from './options.js';
import { broadcast, sameShape, showShape, sizeOf, takeLast } from './shape.js';
import type { Shape } from './noise.js';
import { type Tensor, type TensorLike, asTensor, expandTo, lifted } from './tensor.js';

/** What a host function gives, whatever its arguments are. */
export interface BlackBoxOptions {
  /** Its shape for one draw, as a program sees it. */
  readonly shape: Shape;
  /** `float32`, the default, or `int32` for what programs index with. */
  readonly dtype?: 'float32' | 'int32';
}

/** How the axes of arguments and result are shared out between calls. */
export interface Alignment {
  /** The axes of each argument that are gone through, one call for each place; they broadcast. */
  readonly mapped: readonly Shape[];
  /** The axes of each argument that one call is given. */
  readonly own: readonly Shape[];
  /** Axes of length 1 between the places and the shape of the result. */
  readonly padding: number;
}

/** The kernel by which whoever runs a program is asked how the axes of a call are shared out. */
export const BLACK_BOX = 'BlackBox';

/** The kernel that stands for the calls in a graph, where tensors have no values yet. */
export const HOST_CODE = 'HostCode';

/** Makes the calls of an alignment. */
export type HostCall = (alignment: Alignment) => Tensor;

/** The calls over plain arrays: reads the arguments, and fills the result. */
export type HostCode = (
  inputs: readonly ArrayLike<number>[],
  out: { [at: number]: number },
) => void;

/** Attributes of a kernel that are functions, which the types of TensorFlow.js do not foresee. */
function withFunctions(attributes: Readonly<Record<string, unknown>>): tf.NamedAttrMap;
function withFunctions(attributes: Readonly<Record<string, unknown>>): object {
  return { ...attributes };
}

const numbered = (xs: readonly Tensor[]): tf.NamedTensorMap =>
  Object.fromEntries(xs.map((x, i) => [`x${i}`, x]));

const hasKernel = (name: string): boolean => tf.getKernel(name, tf.getBackend()) !== undefined;

/** Row-major strides of a shape whose axes of length 1 stay in place. */
const stridesIn = (shape: Shape, width: number): readonly number[] => {
  const padded = [...Array.from({ length: width - shape.length }, () => 1), ...shape];
  return padded.map((n, i) => (n === 1 ? 0 : sizeOf(padded.slice(i + 1))));
};

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
    dtypes: readonly tf.DataType[],
    { mapped, own }: Alignment,
    places: Shape,
  ): HostCode =>
  (inputs, out) => {
    const width = sizeOf(options.shape);
    const strides = mapped.map((shape) => stridesIn(shape, places.length));
    for (let place = 0; place < sizeOf(places); place += 1) {
      tf.tidy(() => {
        const tensors = inputs.map((values, i) => {
          const shape = own[i] ?? [];
          const size = sizeOf(shape);
          let [rest, at] = [place, 0];
          for (let axis = places.length - 1; axis >= 0; axis -= 1) {
            const length = places[axis] ?? 1;
            at += (rest % length) * (strides[i]?.[axis] ?? 0);
            rest = Math.floor(rest / length);
          }
          const numbers = Array.from({ length: size }, (_, k) => values[at * size + k] ?? 0);
          return tf.tensor(numbers, [...shape], dtypes[i] ?? 'float32');
        });
        const values = resultOf(f, options, tensors);
        for (let k = 0; k < width; k += 1) out[place * width + k] = values[k] ?? Number.NaN;
      });
    }
  };

const numbersIn = (x: Tensor): ArrayLike<number> => {
  // Past the reads of programs, which are refused: this one is declared.
  const values = tf.backend().readSync(x.dataId);
  return Array.isArray(values) ? [] : values;
};

/** An argument with all that the calls of an alignment are given of it. */
const filled = (x: Tensor, mapped: Shape, own: Shape): Tensor => {
  const whole = [...mapped, ...own];
  return x.size === sizeOf(whole)
    ? x
    : expandTo(tf.reshape(x, [...mapped, ...takeLast(x.shape, own.length)]), whole);
};

const callOf =
  (
    f: (...inputs: Tensor[]) => TensorLike,
    options: BlackBoxOptions,
    given: readonly Tensor[],
  ): HostCall =>
  (alignment) => {
    const { shape, dtype = 'float32' } = options;
    const inputs = given.map((x, i) =>
      filled(x, alignment.mapped[i] ?? [], alignment.own[i] ?? x.shape),
    );
    const places = alignment.mapped.reduce<Shape>((a, b) => broadcast(a, b) ?? a, []);
    const whole = [...places, ...Array.from({ length: alignment.padding }, () => 1), ...shape];
    const code = codeOf(
      f,
      options,
      inputs.map((x) => x.dtype),
      alignment,
      places,
    );
    if (hasKernel(HOST_CODE)) {
      const attributes = withFunctions({ code, shape: whole, dtype });
      return tf.engine().runKernel(HOST_CODE, numbered(inputs), attributes);
    }
    const out = dtype === 'int32' ? new Int32Array(sizeOf(whole)) : new Float32Array(sizeOf(whole));
    code(inputs.map(numbersIn), out);
    return tf.tensor(out, whole, dtype);
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
 * - Compiled steps call it in generated JavaScript; ONNX Runtime cannot, and is not used for them.
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
 * derive(model, sample('z', normal(2, 1)), elbo({ particles: 2 })).latents[0]?.estimator.tag; // 'score'
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
  const { shape } = options;
  return (...inputs) =>
    withGradients(
      inputs.map((x) => lifted(x, 'blackBox')),
      (xs) => {
        const call = callOf(f, options, xs);
        return hasKernel(BLACK_BOX)
          ? tf.engine().runKernel(BLACK_BOX, numbered(xs), withFunctions({ call, shape }))
          : call({ mapped: xs.map(() => []), own: xs.map((x) => x.shape), padding: 0 });
      },
      (_, xs) => xs.map((x) => tf.zeros(x.shape)),
    );
};
