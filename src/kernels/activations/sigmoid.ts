/** 1 / (1 + e⁻ˣ). */
import * as tf from '@tensorflow/tfjs';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import * as functions from '../../code/webassembly/functions.js';
import { inReals } from '../../code/onnx/casting.js';
import { elementwise } from '../elementwise.js';

export const sigmoid = elementwise({
  name: 'Sigmoid',
  vjp: { x: ({ dy, y }) => tf.mul(dy, tf.mul(y, tf.sub(1, y))) },
  onnx: inReals(({ b, at, attributes }) =>
    // The runtime's own is 0 from x = −18 on, and 10⁻⁸ off before.
    attributes['tail'] === false
      ? b.op('Sigmoid', [at('x')])
      : b.op('Reciprocal', [b.op('Add', [b.op('Exp', [b.op('Neg', [at('x')])]), b.scalar(1)])]),
  ),
  scalar: javascript.one((x) => `(1 / (1 + Math.exp(-${x})))`),
  vector: vectors.one(functions.sigmoid),
  cost: 'exponential',
});
