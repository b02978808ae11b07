/** eˣ. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../compile/onnx/operators.js';
import * as javascript from '../../compile/javascript/scalars.js';
import * as vectors from '../../compile/webassembly/vectors.js';
import * as functions from '../../compile/webassembly/functions.js';
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
