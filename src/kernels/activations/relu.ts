/** max(x, 0), whose derivative at 0 is 0. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const relu = elementwise({
  name: 'Relu',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.step(at('x'))) },
  onnx: onnx.same('Relu'),
  scalar: javascript.one((x) => `Math.max(${x}, 0)`),
  vector: vectors.one((t, x) => t.do('pmax', x, t.constant(0))),
  cost: 'choice',
});
