/** eˣ. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import * as functions from '../../code/webassembly/functions.js';
import { elementwise } from '../elementwise.js';

export const exp = elementwise({
  name: 'Exp',
  dtype: 'float32',
  vjp: { x: ({ dy, y }) => tf.mul(dy, y) },
  onnx: onnx.real('Exp'),
  scalar: javascript.math('exp'),
  vector: vectors.one(functions.exp),
  cost: 'exponential',
});
