/** Functions of tensors that are generated: products with elementwise work and reductions between them. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import type { Tensor } from 'marginalia';
import { type Results, wave } from '../compiled-values.js';

/** One operation: its name, and the places of its operands among what there is, counted from the end. */
export interface Step {
  readonly does: keyof typeof does;
  readonly from: readonly [number, number];
}

/** Rows and columns of every matrix: few numbers, so that shapes meet. */
const axis = fc.constantFrom(1, 2, 3, 4, 5, 9, 16, 18);

const asMatrix = (x: Tensor): tf.Tensor2D => {
  const [rows = 1, ...rest] = x.rank === 0 ? [1] : x.shape;
  return x.reshape([rows, rest.reduce((a, b) => a * b, 1)]);
};

/** Operands that can meet: the second, or as much of it as the first has. */
const met = (a: Tensor, b: Tensor): Tensor => {
  const [x, y] = [a.shape.join(), b.shape.join()];
  const fits =
    x === y || b.size === 1 || (b.rank === 1 && b.shape[0] === a.shape.at(-1) && a.rank > 0);
  return fits ? b : tf.mean(b);
};

/** A row or a column of a matrix, of the other's shape. */
const along = (a: Tensor, b: Tensor, index: number): Tensor =>
  tf.mean(asMatrix(b)).add(tf.mean(asMatrix(a), index, true));

const does = {
  add: (a: Tensor, b: Tensor) => tf.add(a, met(a, b)),
  sub: (a: Tensor, b: Tensor) => tf.sub(met(a, b), a),
  mul: (a: Tensor, b: Tensor) => tf.mul(a, tf.tanh(met(a, b))),
  div: (a: Tensor, b: Tensor) => tf.div(a, tf.add(1.5, tf.square(met(a, b)))),
  larger: (a: Tensor) => tf.maximum(a, tf.mul(a, -0.5)),
  chosen: (a: Tensor, b: Tensor) =>
    tf.where(tf.greater(a, tf.mean(b)), tf.mul(a, 0.5), tf.add(a, tf.mean(b))),
  rows: (a: Tensor, b: Tensor) => tf.mul(asMatrix(a), along(a, b, 1)),
  columns: (a: Tensor, b: Tensor) => tf.sub(asMatrix(a), along(a, b, 0)),
  exp: (a: Tensor) => tf.exp(tf.neg(tf.abs(a))),
  log: (a: Tensor) => tf.log(tf.add(1.25, tf.square(a))),
  tanh: (a: Tensor) => tf.tanh(a),
  sigmoid: (a: Tensor) => tf.sigmoid(a),
  softplus: (a: Tensor) => tf.softplus(tf.neg(a)),
  relu: (a: Tensor) => tf.relu(a),
  sum: (a: Tensor) => tf.sum(tf.tanh(a), a.rank === 0 ? undefined : -1),
  sumOfRows: (a: Tensor) => tf.sum(tf.tanh(a), a.rank === 0 ? undefined : 0),
  mean: (a: Tensor) => tf.mean(a),
  largest: (a: Tensor) => tf.max(asMatrix(a), 1, true),
  flat: (a: Tensor) => tf.reshape(a, [a.size]),
  turned: (a: Tensor) => tf.transpose(asMatrix(a)),
  product: (a: Tensor, b: Tensor) => {
    const [x, y] = [asMatrix(a), asMatrix(b)];
    const fits = x.shape[1] === y.shape[0];
    return tf.tanh(fits ? tf.matMul(x, y) : tf.matMul(x, x, false, true));
  },
  softmax: (a: Tensor) => tf.softmax(asMatrix(a)),
} as const satisfies Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>>;

const operations: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = does;

const isStep = (name: string): name is keyof typeof does => Object.hasOwn(does, name);

const place = fc.integer({ min: 1, max: 6 });

const step = fc.record({
  does: fc.constantFrom(...Object.keys(does).filter(isStep)),
  from: fc.tuple(place, place),
});

/** Steps on two matrices and a row. */
export const recipes = fc.record({
  shape: fc.tuple(axis, axis, axis),
  steps: fc.array(step, { minLength: 3, maxLength: 24 }),
});

export type Recipe = typeof recipes extends fc.Arbitrary<infer R> ? R : never;

export const inputsOf = ({ shape: [m, k, n] }: Recipe): Results => ({
  a: wave([m, k]),
  b: wave([k, n], 2),
  row: wave([k], 3),
});

/** The function of a recipe: what its last steps make, and the gradient of the sum of that. */
export const functionOf =
  ({ steps }: Recipe) =>
  ({ a = tf.scalar(0), b = tf.scalar(0), row = tf.scalar(0) }: Results): Results => {
    const value = (x: Tensor, some: Recipe['steps'] = steps): readonly Tensor[] => {
      const made: Tensor[] = [x, b, row];
      for (const { does: name, from } of some) {
        const [p, q] = from.map((back) => made.at(-Math.min(back, made.length)) ?? x);
        made.push(operations[name]?.(p ?? x, q ?? x) ?? x);
      }
      return made.slice(3);
    };
    const outputs = Object.fromEntries(
      value(a)
        .slice(-4)
        .map((y, i) => [`y${i}`, y]),
    );
    // TensorFlow.js has no gradient where a condition depends on what it is taken by.
    const smooth = steps.filter(({ does: name }) => name !== 'chosen');
    const slope = tf.grad((x: Tensor) =>
      tf.add(tf.mean(x), tf.tanh(tf.mean(value(x, smooth).at(-1) ?? x))),
    );
    return { ...outputs, slope: slope(a) };
  };
