/** x above 0 and α x below, with a slope α that is learned. */
import * as tf from '@tensorflow/tfjs';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { inReals } from '../../code/onnx/casting.js';
import { elementwise } from '../elementwise.js';

export const prelu = elementwise({
  name: 'Prelu',
  dtype: 'float32',
  vjp: {
    x: ({ dy, at }) => tf.mul(dy, tf.where(tf.greater(at('x'), 0), 1, at('alpha'))),
    alpha: ({ dy, at }) => tf.mul(dy, tf.minimum(at('x'), 0)),
  },
  onnx: inReals(({ b, at }) => {
    // The slope may have an axis that x has not, so ONNX's own operator does not do.
    const x = at('x');
    return b.op('Where', [b.op('Less', [x, b.scalar(0)]), b.op('Mul', [at('alpha'), x]), x]);
  }),
  scalar: javascript.two((x, alpha) => `(${x} >= 0 ? ${x} : ${alpha} * ${x})`),
  vector: vectors.two((t, x, alpha) => vectors.above(t, x, x, t.do('mul', alpha, x))),
  cost: 'choice',
});
