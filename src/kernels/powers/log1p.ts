/** log(1 + x). */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import * as functions from '../../code/webassembly/functions.js';
import { inReals } from '../../code/onnx/casting.js';
import { elementwise } from '../elementwise.js';

export const log1p = elementwise({
  name: 'Log1p',
  vjp: { x: ({ dy, at }) => tf.div(dy, tf.add(at('x'), 1)) },
  onnx: inReals(({ b, at }) => onnx.log1p(b, at('x'))),
  scalar: javascript.math('log1p'),
  vector: vectors.one(functions.log1p),
  cost: 'logarithm',
});
