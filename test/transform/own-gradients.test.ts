/** Functions with a gradient of their own, batched and differentiated as everything else. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, stopGradient } from 'marginalia';
import { grad, hessian, jacobian, vmap, withGradient } from 'marginalia/autodiff';
import { blackBox } from 'marginalia/tensors';
import { describe, expect, it } from 'vitest';
import { withGradients } from '../../dsl/tensors/gradient.js';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];

const expectClose = (found: Tensor, expected: readonly number[]): void => {
  expect(found.size).toBe(expected.length);
  numbers(found).forEach((x, i) => expect(x).toBeCloseTo(expected[i] ?? Number.NaN, 4));
};

/** x³, whose gradient is said to be 10 x: no other rule gives that. */
const odd = (x: Tensor): Tensor =>
  withGradient(
    x,
    (v) => tf.pow(v, 3),
    (dy, v) => tf.mul(dy, tf.mul(v, 10)),
  );

/** The same by TensorFlow.js, the argument saved in a scope that is over when it is asked for. */
const oddByTensorFlow = (x: Tensor): Tensor =>
  tf.tidy(() =>
    tf.customGrad((v, save) => {
      if (!(v instanceof tf.Tensor) || typeof save !== 'function') throw new Error('no tensor');
      const tens = tf.mul(v, 10);
      save([tens]);
      return {
        value: tf.pow(v, 3),
        gradFunc: (dy: Tensor, [saved = dy]: Tensor[]) => [tf.mul(dy, saved)],
      };
    })(x),
  );

const all = tf.keep(tf.tensor1d([1, 2, -0.5]));

describe.each([
  ['withGradient', odd],
  ['tf.customGrad', oddByTensorFlow],
] as const)('a gradient by %s', (_, f) => {
  it('is taken at a tensor', () => {
    expectClose(grad((x: Tensor) => tf.sum(f(x)))(all), [10, 20, -5]);
  });

  it('is taken of each row of a batch, inside and outside', () => {
    expectClose(vmap(f)(all), [1, 8, -0.125]);
    expectClose(vmap(grad(f))(all), [10, 20, -5]);
    expectClose(grad((x: Tensor) => tf.sum(vmap(f)(x)))(all), [10, 20, -5]);
    expectClose(jacobian((x: Tensor) => vmap(f)(x))(all), [10, 0, 0, 0, 20, 0, 0, 0, -5]);
  });

  it('is differentiated in its turn', () => {
    expectClose(vmap(grad(grad(f)))(all), [10, 10, 10]);
    expectClose(vmap(hessian(f))(all), [10, 10, 10]);
    expectClose(grad((x: Tensor) => tf.sum(vmap(grad(f))(x)))(all), [10, 10, 10]);
  });

  it('is taken of batches of batches', () => {
    const table = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    expectClose(vmap(vmap(grad(f)))(table), [10, 20, 30, 40]);
    expectClose(
      grad((x: Tensor) => tf.sum(vmap((row: Tensor) => vmap(f)(row))(x)))(table),
      [10, 20, 30, 40],
    );
  });
});

describe('several arguments', () => {
  /** w·x, with gradients that are said to be 2 x and 3 w. */
  const product = (w: Tensor, x: Tensor): Tensor =>
    withGradients(
      [w, x],
      ([a = w, b = x]) => tf.sum(tf.mul(a, b)),
      (dy, [a = w, b = x]) => [tf.mul(dy, tf.mul(b, 2)), tf.mul(dy, tf.mul(a, 3))],
    );
  const w = tf.keep(tf.tensor1d([0.5, -1]));
  const rows = tf.keep(
    tf.tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
    ]),
  );

  it('what all rows share is owed what each of them owes it', () => {
    const total = (v: Tensor): Tensor => tf.sum(vmap((x: Tensor) => product(v, x))(rows));
    expectClose(grad(total)(w), [18, 24]);
    const ofRows = (x: Tensor): Tensor => tf.sum(vmap((row: Tensor) => product(w, row))(x));
    expectClose(grad(ofRows)(rows), [1.5, -3, 1.5, -3, 1.5, -3]);
    // Within a row it is that row's alone.
    expectClose(
      vmap((x: Tensor) => grad((v: Tensor) => product(v, x))(w))(rows),
      [2, 4, 6, 8, 10, 12],
    );
  });

  it('what no row reaches is written down once', () => {
    const calls: number[] = [];
    const once = (v: Tensor): Tensor =>
      withGradient(
        v,
        (u) => {
          calls.push(u.rank);
          return tf.square(u);
        },
        (dy) => tf.mul(dy, 7),
      );
    const total = (v: Tensor): Tensor =>
      tf.sum(vmap((x: Tensor) => tf.sum(tf.mul(once(v), x)))(rows));
    // 7 Σ of the rows.
    expectClose(grad(total)(w), [63, 84]);
    expect(calls).toEqual([1]);
  });
});

describe('what passes no gradient', () => {
  it('stops it in every order', () => {
    const f = (x: Tensor): Tensor => tf.mul(x, stopGradient(tf.square(x)));
    expectClose(vmap(grad(f))(all), [1, 4, 0.25]);
    expectClose(grad((x: Tensor) => tf.sum(vmap(f)(x)))(all), [1, 4, 0.25]);
    // The gradient x², of which the square was not stopped in it: 0.
    expectClose(vmap(grad(grad(f)))(all), [0, 0, 0]);
  });

  it('is host code, which is called for each row by itself', () => {
    const seen: string[] = [];
    const box = blackBox(
      (x: Tensor, shared: Tensor) => {
        seen.push(JSON.stringify([x.shape, ...x.dataSync(), shared.shape]));
        return 2 * (x.dataSync()[0] ?? Number.NaN) + (shared.dataSync()[1] ?? Number.NaN);
      },
      { shape: [] },
    );
    const shared = tf.tensor1d([0, 100, 0]);
    expectClose(vmap((x: Tensor) => box(x, shared))(all), [102, 104, 99]);
    expect(seen).toEqual(['[[],1,[3]]', '[[],2,[3]]', '[[],-0.5,[3]]']);
    expectClose(
      grad((x: Tensor) => tf.sum(tf.mul(x, vmap((v: Tensor) => box(v, shared))(x))))(all),
      [102, 104, 99],
    );
  });
});
