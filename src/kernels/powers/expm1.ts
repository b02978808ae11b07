/** eˣ − 1. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import * as functions from '../../code/webassembly/functions.js';
import { inReals } from '../../code/onnx/casting.js';
import { elementwise } from '../elementwise.js';

export const expm1 = elementwise({
  name: 'Expm1',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.exp(at('x'))) },
  onnx: inReals(({ b, at }) => onnx.expm1(b, at('x'))),
  scalar: javascript.math('expm1'),
  vector: vectors.one(functions.expm1),
  cost: 'logarithm',
});
