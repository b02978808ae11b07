/** −x. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const negative = elementwise({
  name: 'Neg',
  vjp: { x: ({ dy }) => tf.neg(dy) },
  onnx: onnx.same('Neg'),
  scalar: javascript.one((x) => `(-${x})`),
  vector: vectors.unary('neg'),
});
