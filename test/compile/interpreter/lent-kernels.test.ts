/** A backend without a kernel is lent that of `cpu`, and the numbers come back to it. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, useBackend } from 'marginalia';
import { graphOf } from 'marginalia/compile';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { call } from '../../../src/kernels/call.js';
import { interpreter } from '../../../src/compile/interpreter/interpreter.js';
import { gap, wave } from '../compiled-values.js';
import { right } from '../../either.js';

const BACKWARD = ['DepthwiseConv2dNativeBackpropInput', 'Conv2DBackpropFilter'];
let own: readonly tf.KernelConfig[] = [];

/** As TensorFlow.js has it: gradients of its own are missing. */
beforeAll(async () => {
  right(await useBackend('wasm')());
  own = BACKWARD.map((kernel) => tf.getKernel(kernel, 'wasm'));
  for (const kernel of BACKWARD) tf.unregisterKernel(kernel, 'wasm');
});

afterAll(() => {
  for (const kernel of own) tf.registerKernel(kernel);
});

const run = (f: (x: Tensor) => Tensor, x: Tensor): Tensor => {
  const made = interpreter(right(graphOf(({ x: v = x }) => ({ y: f(v) }), { x })));
  try {
    const { y = tf.scalar(Number.NaN) } = made.run({ x });
    return y;
  } finally {
    made.close();
  }
};

const numbers = (x: Tensor): readonly number[] => [...x.dataSync()];

it('a kernel that wasm has not', () => {
  const kernel = 'DepthwiseConv2dNativeBackpropInput';
  expect(tf.getKernel(kernel, 'wasm')).toBeUndefined();
  const attributes = {
    strides: [1, 1],
    dilations: [1, 1],
    pad: 'valid',
    inputShape: [1, 3, 3, 1],
  };
  const [dy, filter] = [tf.ones([1, 2, 2, 1]), tf.ones([2, 2, 1, 1])];
  const before = [tf.memory().numTensors, tf.findBackend('cpu').numDataIds()];
  const y = run((v) => tf.neg(call(kernel, { dy: tf.neg(v), filter }, attributes)), dy);
  expect([tf.memory().numTensors, tf.findBackend('cpu').numDataIds()]).toEqual([
    (before[0] ?? 0) + 1,
    before[1],
  ]);
  expect(numbers(y)).toEqual([1, 2, 1, 2, 4, 2, 1, 2, 1]);
});

it('the gradient of a filter, between operations of its own', () => {
  const images = wave([2, 4, 4, 1]);
  const attributes = {
    strides: [1, 1],
    pad: 'valid',
    dataFormat: 'NHWC',
    filterShape: [3, 3, 1, 1],
  };
  const y = run(
    (dy) => {
      const twice = tf.mul(dy, 2);
      return tf.square(call('Conv2DBackpropFilter', { x: images, dy: twice }, attributes));
    },
    tf.ones([2, 2, 2, 1]),
  );
  const windows = tf.conv2d(images.as4D(2, 4, 4, 1), tf.ones([2, 2, 1, 1]), 1, 'valid');
  expect(
    gap(tf.reshape(y, [3, 3]), tf.reshape(tf.square(tf.mul(tf.sum(windows, 0), 2)), [3, 3])),
  ).toBeLessThan(1e-5);
});

it('tensors that were made on another backend', async () => {
  const x = wave([3]);
  right(await useBackend('cpu')());
  const { run: again, close } = interpreter(
    right(graphOf(({ v = x, w = x }) => ({ y: tf.add(tf.reshape(v, [3, 1]), w) }), { v: x, w: x })),
  );
  const expected = numbers(x).flatMap((a) => numbers(x).map((b) => Math.fround(a + b)));
  expect(numbers(again({ v: x, w: x })['y'] ?? x)).toEqual(expected);
  right(await useBackend('wasm')());
  expect(numbers(again({ v: x, w: x })['y'] ?? x)).toEqual(expected);
  close();
});
