/** Tensors of no numbers: kernels of `wasm` write nothing for them, and nothing beside them. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { useBackend } from 'marginalia';
import { call } from '../../src/kernels/call.js';
import { right } from '../either.js';

beforeAll(async () => {
  right(await useBackend('wasm')());
});

it('a choice between no numbers by some truths leaves what lies behind them', () => {
  // Places for what has no numbers, each before a tensor that would be written over.
  const pairs = Array.from({ length: 64 }, () => [tf.scalar(1), tf.fill([1000], 7)] as const);
  for (const [place] of pairs) place.dispose();
  const condition = tf.ones([2000, 1], 'bool');
  const none = tf.zeros([2000, 0]);
  const chosen = call('Select', { condition, t: none, e: none });
  expect(chosen.shape).toEqual([2000, 0]);
  for (const [, sevens] of pairs) expect(new Set(sevens.dataSync())).toEqual(new Set([7]));
  tf.dispose([condition, none, chosen, pairs.map(([, sevens]) => sevens)]);
});

it('truths that are not as many as the numbers are refused', () => {
  const numbers = tf.ones([2, 3]);
  expect(() =>
    call('Select', { condition: tf.ones([2, 1], 'bool'), t: numbers, e: numbers }),
  ).toThrow('Select: expected a truth for each of [2, 3], but got [2, 1].');
});
