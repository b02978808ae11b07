/** The functions between the layers of a network: their derivatives, batching and executors. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll } from 'vitest';
import type { Tensor } from 'marginalia';
import { activations } from '../../src/kernels/activations/index.js';
import { call } from '../../src/kernels/call.js';
import { kernelLaws, slopeAt, slopesAt, startBackends } from './laws/law.js';
import { inputOf, ofOne, ofTwo, reals, shapes } from './laws/use.js';

beforeAll(startBackends);

const notZero = { avoiding: [0] };

const eluGrad = (dy: Tensor, y: Tensor): Tensor => call('EluGrad', { dy, y });

kernelLaws('activations', activations, [
  { kernel: 'Sigmoid', uses: ofOne(tf.sigmoid), smooth: true },
  { kernel: 'Tanh', uses: ofOne(tf.tanh), smooth: true },
  { kernel: 'Softplus', uses: ofOne(tf.softplus), smooth: true },
  { kernel: 'Erf', uses: ofOne(tf.erf), smooth: true },
  { kernel: 'Relu', uses: ofOne(tf.relu, notZero), edges: [slopeAt(tf.relu, 0, 0)] },
  {
    kernel: 'Relu6',
    uses: ofOne(tf.relu6, { min: -1, max: 8, avoiding: [0, 6] }),
    edges: [slopeAt(tf.relu6, 0, 0), slopeAt(tf.relu6, 6, 1)],
  },
  { kernel: 'Elu', uses: ofOne(tf.elu, notZero), smooth: true, edges: [slopeAt(tf.elu, 0, 1)] },
  {
    kernel: 'EluGrad',
    uses: shapes()
      .chain((shape) => reals(shape, notZero).chain((y) => reals(shape).map((dy) => ({ dy, y }))))
      .map((inputs) => ({ inputs, f: (all) => eluGrad(inputOf(all, 'dy'), inputOf(all, 'y')) })),
    edges: [slopesAt(eluGrad, [3, 0], [1, 0]), slopesAt(eluGrad, [3, -0.5], [0.5, 3])],
  },
  { kernel: 'Selu', uses: ofOne(tf.selu, notZero), smooth: true },
  {
    kernel: 'LeakyRelu',
    uses: ofOne((x) => tf.leakyRelu(x, 0.3), notZero),
    edges: [slopeAt((x) => tf.leakyRelu(x, 0.3), 0, 0.3)],
  },
  { kernel: 'Prelu', uses: ofTwo(tf.prelu, { a: notZero }) },
  {
    kernel: 'Step',
    uses: ofOne((x) => tf.step(x, 0.3), notZero),
    edges: [slopeAt(tf.step, 0, 0)],
  },
  {
    kernel: 'Softmax',
    smooth: true,
    uses: shapes({ minRank: 1, minSize: 1 })
      .chain((shape) => reals(shape))
      .map((x) => ({ inputs: { x }, f: (all) => tf.softmax(inputOf(all, 'x')) })),
  },
]);
