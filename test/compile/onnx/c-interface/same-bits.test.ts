/** The C interface and the binding give the same bits; `npm run roads` asks it of every compiled test. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, it } from 'vitest';
import { type Tensor, useBackend } from 'marginalia';
import { graphOf } from 'marginalia/compile';
import { boundTo } from '../../../../src/compile/compile.js';
import { onnxExecutable } from '../../../../src/compile/onnx/executable.js';
import { right } from '../../../either.js';
import { wave } from '../../compiled-values.js';
import { bothRoads } from '../both-roads.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const net = (x: Tensor, w: Tensor): Tensor => tf.softplus(tf.matMul(tf.tanh(x), w));

/** Functions of a matrix [n, k] and one of [k, m]. */
const functions: Readonly<Record<string, (x: Tensor, w: Tensor) => Tensor>> = {
  network: net,
  gradient: (x, w) => tf.grad((v: Tensor) => tf.sum(net(x, v)))(w),
  'mean of logs': (x, w) => tf.mean(tf.logSumExp(tf.matMul(x, w), -1)),
  'long sum': (x, w) => tf.sum(tf.add(tf.tile(x, [64, 64]), tf.sum(w))),
  truth: (x) => tf.greater(x, 0),
  'whole numbers': (x) => tf.argMax(x, -1),
};

it('every run gives the same bits by both roads', async () => {
  const runtime = await bothRoads();
  const size = fc.integer({ min: 1, max: 40 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(functions)),
      fc.tuple(size, size, size),
      fc.constantFrom(1, 2, 3),
      async (name, [n, k, m], threads) => {
        const inputs = { x: wave([n, k]), w: wave([k, m], 2) };
        const f = functions[name] ?? net;
        const bound = boundTo(
          right(graphOf(({ x = tf.scalar(0), w = tf.scalar(0) }) => ({ y: f(x, w) }), inputs)),
        );
        const { run, close } = right(await onnxExecutable(bound, { threads }, async () => runtime));
        for (const [input, values] of Object.entries(inputs)) {
          bound.inputs[input]?.set(values.dataSync());
        }
        await run();
        await run();
        await close();
      },
    ),
    { numRuns: 40, seed: 3 },
  );
});
