/** −x. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../compile/onnx/operators.js';
import * as javascript from '../../compile/javascript/scalars.js';
import * as vectors from '../../compile/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const negative = elementwise({
  name: 'Neg',
  vjp: { x: ({ dy }) => tf.neg(dy) },
  onnx: onnx.same('Neg'),
  scalar: javascript.one((x) => `(-${x})`),
  vector: vectors.unary('neg'),
});
