/** log x. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import * as functions from '../../code/webassembly/functions.js';
import { elementwise } from '../elementwise.js';

export const log = elementwise({
  name: 'Log',
  vjp: { x: ({ dy, at }) => tf.div(dy, at('x')) },
  onnx: onnx.real('Log'),
  scalar: javascript.math('log'),
  vector: vectors.one(functions.log),
  cost: 'logarithm',
});
