/** Comparisons on both portable backends: their values, and that they have gradient zero. */
import * as tf from '@tensorflow/tfjs';
import { version_wasm } from '@tensorflow/tfjs-backend-wasm';
import { type Tensor, bernoulli, categorical, mask, mixture, normal, uniform } from 'marginalia';
import { choose, equal, greater, greaterEqual, less } from 'marginalia/tensors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const numbers = (x: Tensor): readonly number[] => [...x.dataSync()];

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  beforeAll(async () => {
    // Importing the version is what registers the backend.
    expect(version_wasm).toBe(tf.version_core);
    expect(await tf.setBackend(backend)).toBe(true);
  });

  afterAll(async () => {
    await tf.setBackend('cpu');
  });

  it.each(['int32', 'bool'] as const)('choose between %s and float32', (dtype) => {
    const [yes, no] = [tf.tensor1d([1, 0, 1], dtype), tf.tensor1d([0.5, 0.5, 0.5])];
    const condition = tf.tensor1d([1, 1, 0]);
    expect(numbers(choose(condition, yes, no))).toEqual([1, 0, 0.5]);
    expect(choose(condition, yes, no).dtype).toBe('float32');
    expect(numbers(bernoulli({ probs: 0.25 }).logProb(yes))[1]).toBeCloseTo(Math.log(0.75), 6);
  });

  const a = [-1, 0, 1, 2, Infinity, -Infinity, NaN, Infinity];
  const b = [0, 0, 0, 2, Infinity, -Infinity, NaN, 1];
  const compared: readonly (readonly [
    string,
    (x: Tensor, y: Tensor) => Tensor,
    (x: number, y: number) => boolean,
  ])[] = [
    ['greater', greater, (x, y) => x > y],
    ['greaterEqual', greaterEqual, (x, y) => x >= y],
    ['less', less, (x, y) => x < y],
    ['equal', equal, (x, y) => x === y],
  ];

  it.each(compared)('%s is that of numbers, infinities and NaN included', (_, f, of) => {
    const received = f(tf.tensor1d(a), tf.tensor1d(b));
    expect(received.dtype).toBe('float32');
    expect(numbers(received)).toEqual(a.map((x, i) => (of(x, b[i] ?? NaN) ? 1 : 0)));
  });

  it.each(compared)('%s broadcasts, with gradient 0 on both sides', (_, f) => {
    const [left, right] = [tf.tensor2d([[1], [2]]), tf.tensor1d([1, 2, 3])];
    expect(f(left, right).shape).toEqual([2, 3]);
    const grads = tf.grads((x: Tensor, y: Tensor) => tf.sum(f(x, y)))([left, right]);
    expect(grads.map((g) => g.shape)).toEqual([[2, 1], [3]]);
    expect(grads.flatMap((g) => numbers(g)).every((g) => g === 0)).toBe(true);
  });

  it('a choice by comparison is differentiated where it was made', () => {
    const relu = (x: Tensor): Tensor => choose(greater(x, tf.scalar(0)), tf.square(x), tf.neg(x));
    const at = tf.tensor1d([-2, 3]);
    expect(numbers(relu(at))).toEqual([2, 9]);
    expect(numbers(tf.grad((x) => tf.sum(relu(x)))(at))).toEqual([-1, 6]);
    const slope = tf.grad((x) => tf.sum(relu(x)));
    expect(numbers(tf.grad((x) => tf.sum(slope(x)))(at)).map(Math.abs)).toEqual([0, 2]);
  });

  it('choose broadcasts all three, over six axes too, and drops what is not finite', () => {
    const condition = tf.tensor2d([[1], [0]]);
    const chosen = choose(condition, tf.tensor1d([1, 2, 3]), tf.scalar(-1));
    expect(numbers(chosen)).toEqual([1, 2, 3, -1, -1, -1]);
    expect(numbers(choose(tf.tensor1d([1, 0]), tf.tensor1d([1, NaN]), tf.scalar(5)))).toEqual([
      1, 5,
    ]);
    const deep = tf.grad((x) => tf.sum(choose(tf.ones([2, 1, 1, 1, 1, 2]), x, tf.scalar(0))));
    expect(numbers(deep(tf.tensor1d([1, 2])))).toEqual([2, 2]);
  });

  it('distributions that compare can be differentiated in value and parameters', () => {
    const value = tf.tensor1d([0.5, 1]);
    const logProbs: readonly ((x: Tensor) => Tensor)[] = [
      (x) => uniform(tf.sub(x, 2), 3).logProb(value),
      (x) => categorical({ logits: x }).logProb(tf.scalar(1)),
      (x) => mask(normal(x, 1), [1, 0]).logProb(value),
      (x) => mixture(categorical({ logits: x }), normal(x, 1)).logProb(value),
    ];
    logProbs.forEach((f) => {
      const gradients = numbers(tf.grad((x) => tf.sum(f(x)))(tf.tensor1d([0.25, 0.75])));
      expect(gradients.every(Number.isFinite)).toBe(true);
      expect(gradients.some((g) => g !== 0)).toBe(true);
    });
  });
});
