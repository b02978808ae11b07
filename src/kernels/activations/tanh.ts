/** (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ). */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import * as functions from '../../code/webassembly/functions.js';
import { elementwise } from '../elementwise.js';

export const tanh = elementwise({
  name: 'Tanh',
  vjp: { x: ({ dy, y }) => tf.mul(dy, tf.sub(1, tf.square(y))) },
  onnx: onnx.real('Tanh'),
  scalar: javascript.math('tanh'),
  vector: vectors.one(functions.tanh),
  cost: 'tanh',
});
