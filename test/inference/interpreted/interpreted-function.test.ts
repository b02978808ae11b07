/** Functions are traced once for each form of their arguments, whatever the numbers in them are. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, key } from 'marginalia';
import { baseNoise } from 'marginalia/distributions';
import { type NoiseSource, keyedNoise } from 'marginalia/random';
import { expect, it } from 'vitest';
import {
  type TensorFunction,
  interpretedFunction,
} from '../../../src/inference/interpreted/interpreted-function.js';

interface Batch {
  readonly x: Tensor;
  readonly plain?: unknown;
}

/** a x + fixed + ε, and how often it was asked. */
const counting = (): {
  readonly f: TensorFunction<Batch, number>;
  readonly asked: () => number;
} => {
  let count = 0;
  return {
    f: ({ a = tf.scalar(Number.NaN) }, source, { x, plain }, fixed) => {
      count += 1;
      const e = source('e', 0, baseNoise('normal'), x.shape);
      const more = plain instanceof Float32Array ? tf.tensor(plain) : fixed;
      return { y: tf.add(tf.add(tf.mul(a, x), more), e) };
    },
    asked: () => count,
  };
};

const numbers = (made: Readonly<Record<string, Tensor>>): readonly number[] => {
  const found = [...(made['y']?.dataSync() ?? [])];
  tf.dispose(made);
  return found;
};

const source: NoiseSource = keyedNoise(key(3));

const expected = (a: number, xs: readonly number[], more: number): readonly unknown[] => {
  const es = source('e', 0, baseNoise('normal'), [xs.length]).dataSync();
  return xs.map((x, i) => expect.closeTo(a * x + more + (es[i] ?? Number.NaN), 5));
};

it('is traced when a form first comes, and not for other tensors of it', () => {
  const { f, asked } = counting();
  const run = interpretedFunction(f);
  for (const [a, xs] of [
    [2, [1, 2]],
    [3, [5, 7]],
    [-1, [0, 4]],
  ] as const) {
    const found = run({ a: tf.scalar(a) }, source, { x: tf.tensor1d([...xs]) }, 10);
    expect(numbers(found)).toEqual(expected(a, xs, 10));
  }
  // A random number of its own would differ between two.
  expect(asked()).toBe(2);
  const other = run({ a: tf.scalar(2) }, source, { x: tf.tensor1d([1, 2, 3]) }, 10);
  expect(numbers(other)).toEqual(expected(2, [1, 2, 3], 10));
  expect(asked()).toBe(4);
});

it('is another function with something else that is fixed', () => {
  const { f, asked } = counting();
  const run = interpretedFunction(f);
  const at = (fixed: number) =>
    numbers(run({ a: tf.scalar(2) }, source, { x: tf.tensor1d([1, 2]) }, fixed));
  expect(at(10)).toEqual(expected(2, [1, 2], 10));
  expect(at(20)).toEqual(expected(2, [1, 2], 20));
  expect(at(10)).toEqual(expected(2, [1, 2], 10));
  expect(asked()).toBe(4);
});

it('forgets the forms that were asked for the longest ago', () => {
  const { f, asked } = counting();
  const run = interpretedFunction(f);
  const at = (size: number): void =>
    void numbers(run({ a: tf.scalar(1) }, source, { x: tf.ones([size]) }, 0));
  const most = 32;
  for (let size = 1; size <= most; size += 1) at(size);
  expect(asked()).toBe(2 * most);
  at(1);
  expect(asked()).toBe(2 * most);
  // One more takes the place of the second, for the first was asked for since.
  at(most + 1);
  expect(asked()).toBe(2 * most + 2);
  at(1);
  expect(asked()).toBe(2 * most + 2);
  at(2);
  expect(asked()).toBe(2 * most + 4);
});

it('leaves its outputs alone', () => {
  const { f } = counting();
  const run = interpretedFunction(f);
  const [a, x] = [tf.scalar(2), tf.tensor1d([1, 2])];
  const before = tf.memory().numTensors;
  const made = tf.tidy(() => ({ ...run({ a }, source, { x }, 1) }));
  expect(tf.memory().numTensors).toBe(before + 1);
  tf.dispose(made);
});

it('is traced anew for what is no tensor and has numbers of its own', () => {
  const { f, asked } = counting();
  const run = interpretedFunction(f);
  for (const more of [10, 20]) {
    const batch = { x: tf.tensor1d([1]), plain: Float32Array.of(more) };
    expect(numbers(run({ a: tf.scalar(2) }, source, batch, 0))).toEqual(expected(2, [1], more));
  }
  expect(asked()).toBe(4);
});

it('refuses random numbers of its own', () => {
  const run = interpretedFunction<Batch, undefined>((_, __, { x }) => ({
    y: tf.add(x, tf.randomNormal(x.shape)),
  }));
  expect(() => run({}, source, { x: tf.ones([2]) }, undefined)).toThrow(
    'draws random numbers of its own',
  );
});
