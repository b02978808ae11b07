/** The angle of the point (b, a), in [−π, π]. */
import * as tf from '@tensorflow/tfjs';
import * as javascript from '../../code/javascript/scalars.js';
import type { Builder, Site } from '../../code/onnx/builder.js';
import { inReals } from '../../code/onnx/casting.js';
import type { Tensor } from '../../../dsl/index.js';
import { elementwise } from '../elementwise.js';

const squaredDistance = (a: Tensor, b: Tensor): Tensor => tf.add(tf.square(a), tf.square(b));

/** Whether a number is negative, −0 among them. */
const isBelow = (b: Builder, x: string): string => {
  const zero = b.scalar(0);
  const minusZero = b.op('And', [
    b.op('Equal', [x, zero]),
    b.op('Less', [b.op('Reciprocal', [x]), zero]),
  ]);
  return b.op('Or', [b.op('Less', [x, zero]), minusZero]);
};

/**
 * The angle of (x, y): atan(y / x), and half a turn more on the left. y / x has no value where both
 * are 0 or both infinite: the angles there are those of (1, ±0) and of (1, ±1).
 */
const angle = ({ b, all: [y = '', x = ''] }: Site): string => {
  const zero = b.scalar(0);
  const both = (test: (z: string) => string): string => b.op('And', [test(x), test(y)]);
  const signs = b.op('Mul', [b.op('Sign', [x]), b.op('Sign', [y])]);
  const finite = b.op('Where', [both((z) => b.op('IsInf', [z])), signs, b.op('Div', [y, x])]);
  const ratio = b.op('Where', [both((z) => b.op('Equal', [z, zero])), y, finite]);
  const right = b.op('Atan', [ratio]);
  const half = b.op('Where', [isBelow(b, y), b.scalar(-Math.PI), b.scalar(Math.PI)]);
  return b.op('Where', [isBelow(b, x), b.op('Add', [right, half]), right]);
};

export const atan2 = elementwise({
  name: 'Atan2',
  vjp: {
    a: ({ dy, at }) => tf.mul(dy, tf.div(at('b'), squaredDistance(at('a'), at('b')))),
    b: ({ dy, at }) => tf.neg(tf.mul(dy, tf.div(at('a'), squaredDistance(at('a'), at('b'))))),
  },
  onnx: inReals(angle),
  scalar: javascript.math('atan2'),
  cost: 'softplus',
});
