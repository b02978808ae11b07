/** x above 0 and eˣ − 1 below; its derivative is 1 above and y + 1 below. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { expm1 } from '../../code/webassembly/functions.js';
import { elementwise } from '../elementwise.js';

export const elu = elementwise({
  name: 'Elu',
  vjp: { x: ({ dy, y }) => tf.mul(dy, tf.add(tf.minimum(y, 0), 1)) },
  onnx: onnx.exponentialUnit(1, 1),
  scalar: javascript.one((x) => `(${x} >= 0 ? ${x} : Math.expm1(${x}))`),
  vector: vectors.one((t, x) => vectors.above(t, x, x, expm1(t, x))),
  cost: 'tanh',
});
