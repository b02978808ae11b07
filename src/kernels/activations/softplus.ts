/** log(1 + eˣ). */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import * as functions from '../../code/webassembly/functions.js';
import { inReals } from '../../code/onnx/casting.js';
import { elementwise } from '../elementwise.js';

export const softplus = elementwise({
  name: 'Softplus',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.sigmoid(at('x'))) },
  onnx: inReals(({ b, at }) => {
    const tail = onnx.log1p(b, b.op('Exp', [b.op('Neg', [b.op('Abs', [at('x')])])]));
    return b.op('Add', [b.op('Relu', [at('x')]), tail]);
  }),
  scalar: javascript.one((x) => `(Math.max(${x}, 0) + Math.log1p(Math.exp(-Math.abs(${x}))))`),
  vector: vectors.one(functions.softplus),
  cost: 'softplus',
});
