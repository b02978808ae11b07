/** ½ log((1 + x) / (1 − x)); NaN beyond ±1. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import { elementwise } from '../elementwise.js';
import { below } from './beside-one.js';

export const atanh = elementwise({
  name: 'Atanh',
  vjp: { x: ({ dy, at }) => tf.div(dy, below(at('x'))) },
  onnx: onnx.real('Atanh'),
  scalar: javascript.math('atanh'),
  cost: 'softplus',
});
