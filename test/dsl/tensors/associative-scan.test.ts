/** Running combinations against a loop, their gradients, batches and size, and what is refused. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { grad, vmap } from 'marginalia/autodiff';
import { compile } from 'marginalia/compile';
import { type Tensor, associativeScan, linearAlgebra } from 'marginalia/tensors';
import { associativeReduce } from '../../../dsl/tensors/associative-scan.js';

const lengths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 31];

/** Matrices of order two, which do not commute. */
const matrices = (n: number): Tensor =>
  tf.tensor(
    Array.from({ length: 4 * n }, (_, i) => Math.sin(i + 1)),
    [n, 2, 2],
  );
const product = (a: Tensor, b: Tensor): Tensor => linearAlgebra.matMul(a, b);

const looped = (all: Tensor, reverse = false): Tensor => {
  const each = tf.unstack(all);
  const turned = reverse ? each.toReversed() : each;
  const made: Tensor[] = [];
  for (const one of turned) made.push(made.length === 0 ? one : product(made.at(-1) ?? one, one));
  return tf.stack(reverse ? made.toReversed() : made);
};

const expectClose = (received: Tensor, expected: Tensor): void => {
  expect(received.shape).toEqual(expected.shape);
  expect(Math.max(...tf.abs(tf.sub(received, expected)).dataSync())).toBeLessThan(1e-5);
};

describe('running combinations', () => {
  it.each(lengths)('of %d matrices are those of a loop, from either end', (n) => {
    expectClose(associativeScan(product, matrices(n)), looped(matrices(n)));
    expectClose(
      associativeScan(product, matrices(n), { reverse: true }),
      looped(matrices(n), true),
    );
    const last = tf.slice(looped(matrices(n)), [n - 1, 0, 0], [1, 2, 2]);
    expectClose(associativeReduce(product, matrices(n)), last);
  });

  it('go along any axis, of lists and of records', () => {
    const x = tf.tensor2d([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const add = (a: Tensor, b: Tensor): Tensor => tf.add(a, b);
    const sums = [
      [1, 3, 6],
      [4, 9, 15],
    ];
    expect(associativeScan(add, x, { axis: 1 }).arraySync()).toEqual(sums);
    expect(associativeScan(add, x, { axis: -1 }).arraySync()).toEqual(sums);
    const both = (a: readonly Tensor[], b: readonly Tensor[]): readonly Tensor[] =>
      a.map((one, i) => tf.add(one, b[i] ?? one));
    const [first, second] = associativeScan(both, [x, tf.tensor1d([1, 1])]);
    expect(first?.arraySync()).toEqual([
      [1, 2, 3],
      [5, 7, 9],
    ]);
    expect(second?.arraySync()).toEqual([1, 2]);
    type Line = { readonly a: Tensor; readonly b: Tensor };
    const then = (f: Line, g: Line): Line => ({
      b: tf.add(tf.mul(g.a, f.b), g.b),
      a: tf.mul(f.a, g.a),
    });
    const lines: Line = { a: tf.tensor1d([2, 3, 4]), b: tf.tensor1d([1, 1, 1]) };
    const made = associativeScan(then, lines);
    expect([made.a.arraySync(), made.b.arraySync()]).toEqual([
      [2, 6, 24],
      [1, 4, 17],
    ]);
  });

  it('have the gradient of a loop, and that of a batch is row by row', () => {
    const total = (f: (all: Tensor) => Tensor) => (all: Tensor) => tf.sum(tf.sin(f(all)));
    const scan = (all: Tensor): Tensor => associativeScan(product, all);
    const slope = grad(total(scan));
    expectClose(slope(matrices(7)), grad(total(looped))(matrices(7)));
    const rows = tf.stack([matrices(5), tf.mul(matrices(5), 0.5)]);
    const expected = tf.stack(tf.unstack(rows).map((row) => grad(total(looped))(row)));
    expectClose(vmap(grad(total(scan)))(rows), expected);
  });

  it.each(['javascript', 'onnxruntime'] as const)('are compiled by %s', async (executor) => {
    const made = await compile(
      ({ x = tf.scalar(0) }) => ({ y: associativeScan(product, x, { reverse: true }) }),
      { x: matrices(6) },
      { executor },
    )();
    if (E.isLeft(made)) throw new Error(made.left._tag);
    const { y } = await made.right.run({ x: matrices(6) });
    expectClose(y ?? tf.scalar(0), looped(matrices(6), true));
    await made.right.close();
  });

  it('of 10,000 elements call it 25 times, and a combination of all 13 or 14 times', () => {
    const calls: number[] = [];
    const add = (a: Tensor, b: Tensor): Tensor => {
      calls.push(a.shape[0] ?? 0);
      return tf.add(a, b);
    };
    const last = associativeScan(add, tf.ones([10_000]))
      .dataSync()
      .at(-1);
    expect(last).toBe(10_000);
    expect(calls).toHaveLength(25);
    expect(calls.reduce((a, b) => a + b, 0)).toBeLessThan(20_000);
    calls.length = 0;
    expect(associativeReduce(add, tf.ones([10_000])).arraySync()).toEqual([10_000]);
    expect(calls.length).toBeLessThanOrEqual(14);
  });

  it('refuse what has no elements in common, and what changes shapes', () => {
    const add = (a: Tensor, b: Tensor): Tensor => tf.add(a, b);
    expect(() => associativeScan(add, tf.scalar(1))).toThrow(
      'associativeScan: expected tensors with one length of at least 1 along axis 0, but got shapes []',
    );
    expect(() => associativeScan((a: Tensor) => tf.sum(a), tf.ones([4, 2]))).toThrow(
      'associativeScan: expected combine to give shape [2, 2], as it was given for many elements at once, but got []',
    );
    expect(() => associativeScan(add, tf.ones([0]))).toThrow('of at least 1');
  });
});
