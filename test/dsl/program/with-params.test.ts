/** Parameters beside what a program returns. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  key,
  normal,
  param,
  plate,
  positive,
  program,
  sample,
  sgd,
  simulate,
  svi,
  trace,
  useBackend,
} from 'marginalia';
import { dense, initializers, mlp, withParams } from 'marginalia/nn';
import { minimize } from 'marginalia/objectives';
import { beforeAll, expect, it } from 'vitest';

beforeAll(async () => {
  await useBackend('cpu')();
});

it('are those that the program saw, in their supports, and no other site', () => {
  const body = program(function* () {
    const scale = yield* param('scale', 3, { support: positive });
    yield* param('scale', 3, { support: positive });
    return tf.add(yield* sample('z', normal(0, scale)), yield* param('loc', 1));
  });
  const { result, params } = simulate(withParams(body), { values: { z: 2 } });
  expect(result.dataSync()[0]).toBe(3);
  expect(Object.keys(params)).toEqual(['scale', 'loc']);
  expect(params.scale.dataSync()[0]).toBeCloseTo(3, 6);
  // Around it nothing changes.
  expect(Object.keys(trace(withParams(body), { key: key(0) }).sites)).toEqual([
    'scale',
    'z',
    'loc',
  ]);
});

it('have an axis for each element of a plate where each has its own', () => {
  const body = plate('data', 3, withParams(param('own', 2)));
  expect(simulate(body, {}).params.own.arraySync()).toEqual([2, 2, 2]);
});

it('of networks whose names are computed are found by name', () => {
  const net = mlp('net', { hidden: [2], out: 1 });
  const { params } = simulate(withParams(net(tf.ones([1, 3]))), { key: key(0) });
  expect(Object.keys(params)).toEqual([
    'net/0/kernel',
    'net/0/bias',
    'net/out/kernel',
    'net/out/bias',
  ]);
  expect(params['net/0/kernel']?.shape).toEqual([3, 2]);
});

it('carry the gradient: weight decay shrinks by the learning rate', () => {
  const layer = dense('layer', { units: 1, kernel: initializers.constant(4), bias: false });
  const decay = (x: Tensor) =>
    program(function* () {
      const { params } = yield* withParams(layer(x));
      return tf.sum(tf.square(params['layer/kernel']));
    });
  const inference = svi({ ...minimize(decay), optimizer: sgd(0.1) });
  const x = tf.ones([1, 2]);
  const [next] = inference.step(inference.init(key(0), x), x);
  // 4 − 0.1 · 2 · 4.
  expect([...(next.params['layer/kernel']?.dataSync() ?? [])].map((w) => w.toFixed(4))).toEqual([
    '3.2000',
    '3.2000',
  ]);
});
