/**
 * aᵇ.
 *
 * Its derivative by a is b aᵇ⁻¹, and 0 where b is 0, whatever a is. That by b is aᵇ log a, with 0 log 0 = 0, and NaN
 * below a = 0, where a power is none but for whole b.
 */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import type { Tensor } from '../../../dsl/index.js';
import { elementwise } from '../elementwise.js';

const indicator = (x: Tensor): Tensor => tf.cast(tf.equal(x, 0), 'float32');

export const pow = elementwise({
  name: 'Pow',
  vjp: {
    a: ({ dy, at }) => {
      const [a, b] = [at('a'), at('b')];
      // Where b is 0 the power is a⁰ = 1, which has no pole.
      return tf.mul(dy, tf.mul(b, tf.pow(a, tf.add(tf.sub(b, 1), indicator(b)))));
    },
    b: ({ dy, at, y }) => {
      const a = at('a');
      return tf.mul(dy, tf.mul(y, tf.log(tf.add(a, indicator(a)))));
    },
  },
  onnx: onnx.realOrWhole(onnx.same('Pow')),
  scalar: javascript.math('pow'),
  cost: 'power',
});
