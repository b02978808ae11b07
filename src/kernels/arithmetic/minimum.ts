/** The smaller of a and b. At a tie each has half of the derivative, as in JAX and PyTorch. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';
import { shareOf } from './share.js';

export const minimum = elementwise({
  name: 'Minimum',
  vjp: {
    a: ({ dy, at }) => tf.mul(dy, shareOf(tf.less, at('a'), at('b'))),
    b: ({ dy, at }) => tf.mul(dy, shareOf(tf.less, at('b'), at('a'))),
  },
  onnx: onnx.same('Min'),
  scalar: javascript.math('min'),
  vector: vectors.binary('min'),
  cost: 'choice',
});
