/**
 * Derivatives and batching of pure functions of tensors, under the names that the field has for them. Each is a
 * transformation of what the function writes down, so they nest in any order and are compiled with the rest.
 */
import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../dsl/records/dictionary.js';
import type { Tensor } from '../../dsl/index.js';
import { showShape } from '../../dsl/tensors/shape.js';
import { computed } from '../compile/computed.js';
import { leavesOf, withLeaves } from '../compile/container.js';
import type { Tensors } from '../compile/recording/recorder.js';
import { putUnder, takeUnder } from '../../dsl/records/record-paths.js';
import { differentiate } from './differentiate.js';
import { mapDraws } from './map-draws.js';

/** What a function is differentiated by: a tensor, or tensors in lists and records. */
export type Differentiated =
  Tensor | readonly Differentiated[] | { readonly [name: string]: Differentiated };

const named = (x: unknown): Tensors => Object.fromEntries(leavesOf(x, 'x'));

/** The same tensors, each of them apart from all others: one that is given twice is differentiated twice. */
const apart = (tensors: Tensors): Tensors => mapped(tensors, (x) => tf.clone(x));

const scalarLoss = (who: string, loss: Tensor): Tensor => {
  if (loss.rank === 0) return loss;
  throw new RangeError(
    `${who}: expected a function that gives a scalar, but got shape ${showShape(loss.shape)}; sum it, or use jacobian.`,
  );
};

/** f and its gradients at tensors in the form of x. */
const derivatives = <A extends Differentiated>(f: (x: A) => Tensor, x: A, given: Tensors) => {
  const wrt = apart(given);
  return differentiate(wrt, () => ({ loss: scalarLoss('grad', f(withLeaves(x, wrt, 'x'))) }));
};

/** f(x) and ∂f/∂x at once, for a scalar f. */
export interface ValueAndGrad<A> {
  readonly value: Tensor;
  readonly grad: A;
}

/**
 * The value and the gradient of a scalar function: x ↦ (f(x), ∂f/∂x).
 *
 * - `x` is a tensor, or tensors in lists and records; the gradient has its form. All else that `f` uses is
 *   constant. `f` is a pure function of tensors: what it makes has no numbers to be read in it.
 * - Gradient: itself differentiable, and batched by `vmap`.
 * - Errors: an `f` whose result is no scalar throws a `RangeError`; one that reads numbers, or an operation
 *   without a derivative, a `RecordingError`.
 * - Source: reverse mode, Griewank and Walther 2008, Evaluating Derivatives, chapter 3.
 *
 * @example
 * ```ts
 * const { value, grad: slope } = valueAndGrad((x: Tensor) => tf.sum(tf.square(x)))(tf.tensor1d([1, 2]));
 * [value.dataSync()[0], ...slope.dataSync()]; // [5, 2, 4]
 * ```
 */
export const valueAndGrad =
  <A extends Differentiated>(f: (x: A) => Tensor): ((x: A) => ValueAndGrad<A>) =>
  (x) => {
    const made = computed(named(x), (given) => {
      const { loss, gradients } = derivatives(f, x, given);
      return { ...putUnder('gradients', gradients), value: loss };
    });
    return {
      value: made.value,
      grad: withLeaves(x, takeUnder('gradients', made), 'x'),
    };
  };

/**
 * The gradient of a scalar function, x ↦ ∂f/∂x, as `valueAndGrad` gives it beside the value.
 *
 * @example
 * ```ts
 * const slope = grad((x: Tensor) => tf.sum(tf.pow(x, 3)));
 * [...slope(tf.tensor1d([1, 2])).dataSync()]; // [3, 12]
 * // It nests: the second derivative of x³ is 6 x.
 * const curve = grad((x: Tensor) => tf.sum(slope(x)));
 * [...curve(tf.tensor1d([1, 2])).dataSync()]; // [6, 12]
 * ```
 */
export const grad =
  <A extends Differentiated>(f: (x: A) => Tensor): ((x: A) => A) =>
  (x) =>
    withLeaves(
      x,
      computed(named(x), (given) => derivatives(f, x, given).gradients),
      'x',
    );

const sizeAlong = (tensors: Tensors): number => {
  const sizes = Object.values(tensors).map(({ shape }) => shape[0]);
  const [size] = sizes;
  if (size !== undefined && sizes.every((n) => n === size)) return size;
  throw new RangeError(
    `vmap: expected tensors with one first axis, but got shapes ${Object.values(tensors)
      .map(({ shape }) => showShape(shape))
      .join(', ')}; give all of them as many rows.`,
  );
};

/**
 * A function of one row, made one of all: the result has f(xᵢ) in row i. `f` may reduce, index, reshape and
 * multiply as it likes: it sees one row, without the axis of the rows.
 *
 * - Shapes: the first axis of each tensor in `x` is that of the rows; each tensor in the result has it too. What
 *   `f` uses beside `x` is the same for all rows: a product of rows with a matrix that they share is one product.
 * - Gradient: passes; `grad` of `vmap` and `vmap` of `grad` nest.
 * - Errors: tensors of different numbers of rows throw a `RangeError`; an `f` that reads numbers, or an operation
 *   without a batching rule, a `RecordingError`.
 *
 * @example
 * ```ts
 * const norms = vmap((x: Tensor) => tf.norm(x))(tf.tensor2d([[3, 4], [6, 8]]));
 * [...norms.dataSync()]; // [5, 10]
 * ```
 */
export const vmap =
  <A extends Differentiated, B extends Differentiated>(f: (x: A) => B): ((x: A) => B) =>
  (x) => {
    const forms: B[] = [];
    const made = computed(named(x), (given) =>
      mapDraws(sizeAlong(given), (one) => {
        const own = mapped(given, (all) => one(all));
        const row = f(withLeaves(x, own, 'x'));
        forms.push(row);
        return named(row);
      }),
    );
    const [form] = forms;
    if (form === undefined) throw new Error('vmap: the function was not run');
    return withLeaves(form, made, 'x');
  };

/** Unit vectors in the shape of y, one for each of its entries: [entries, …shape]. */
const units = (y: Tensor): Tensor => tf.reshape(tf.eye(y.size), [y.size, ...y.shape]);

/**
 * All derivatives of a function of a tensor: x ↦ ∂f(x)ᵢ/∂xⱼ, of shape [...shape of f(x), ...shape of x]. Rows are
 * vector-Jacobian products, taken side by side.
 *
 * - Errors: those of `valueAndGrad`.
 *
 * @example
 * ```ts
 * const W = tf.tensor2d([[1, 2], [3, 4]]);
 * const J = jacobian((x: Tensor) => tf.squeeze(tf.matMul(W, tf.expandDims(x, 1))))(tf.tensor1d([1, 1]));
 * J.arraySync(); // [[1, 2], [3, 4]]
 * ```
 */
export const jacobian =
  (f: (x: Tensor) => Tensor): ((x: Tensor) => Tensor) =>
  (x) => {
    const made = computed({ x }, ({ x: given = x }) => {
      const at = tf.clone(given);
      const y = f(at);
      const { rows = y } = mapDraws(y.size, (one) => {
        const unit = one(units(y));
        // Nothing of this depends on which row it is but the unit: f is taken once for all.
        const { gradients } = differentiate({ at }, () => ({ loss: tf.sum(tf.mul(f(at), unit)) }));
        return { rows: gradients['at'] ?? at };
      });
      return { jacobian: tf.reshape(rows, [...y.shape, ...x.shape]) };
    });
    return made.jacobian;
  };

/**
 * The second derivatives of a scalar function of a tensor: x ↦ ∂²f/∂xᵢ∂xⱼ, of shape [...shape, ...shape of x].
 *
 * - Errors: those of `valueAndGrad`.
 *
 * @example
 * ```ts
 * const H = hessian((x: Tensor) => tf.prod(x))(tf.tensor1d([2, 3]));
 * H.arraySync(); // [[0, 1], [1, 0]]
 * ```
 */
export const hessian = (f: (x: Tensor) => Tensor): ((x: Tensor) => Tensor) => jacobian(grad(f));
