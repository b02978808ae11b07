/** x above 0 and α x below. */
import * as tf from '@tensorflow/tfjs';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { inReals } from '../../code/onnx/casting.js';
import { numberOf } from '../../graph/attributes.js';
import { elementwise } from '../elementwise.js';

export const leakyRelu = elementwise({
  name: 'LeakyRelu',
  dtype: 'float32',
  vjp: {
    x: ({ dy, at, attributes }) => tf.mul(dy, tf.step(at('x'), numberOf(attributes['alpha'], 0.2))),
  },
  onnx: inReals(({ b, at, attributes }) =>
    b.op('LeakyRelu', [at('x')], { alpha: { float: numberOf(attributes['alpha'], 0.2) } }),
  ),
  scalar: ([x = '0'], { alpha }) =>
    `(${x} >= 0 ? ${x} : ${javascript.numeral(numberOf(alpha, 0.2))} * ${x})`,
  vector: (t, [x = t.constant(0)], { alpha }) =>
    vectors.above(t, x, x, t.do('mul', x, t.constant(numberOf(alpha, 0.2)))),
  cost: 'choice',
});
