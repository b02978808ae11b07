/** a − b ⌊a / b⌋, the remainder that has the sign of b. */
import * as tf from '@tensorflow/tfjs';
import * as javascript from '../../code/javascript/scalars.js';
import type { Site } from '../../code/onnx/builder.js';
import { cast, inDoubles } from '../../code/onnx/casting.js';
import { elementwise } from '../elementwise.js';

/** The remainder, and once more with b added where signs differ, as TensorFlow.js finds it. */
const remainder = ({ b: build, all: [a = '', b = ''] }: Site): string => {
  const zero = cast(build, build.scalar(0), 'float64');
  const rest = (x: string): string => build.op('Mod', [x, b], { fmod: { int: 1 } });
  const both = (test: string): string =>
    build.op('And', [build.op(test, [a, zero]), build.op(test, [b, zero])]);
  const sameSign = build.op('Or', [both('Less'), both('GreaterOrEqual')]);
  const first = rest(a);
  return build.op('Where', [sameSign, first, rest(build.op('Add', [first, b]))]);
};

export const mod = elementwise({
  name: 'Mod',
  vjp: {
    a: ({ dy }) => dy,
    // What was taken away is a whole multiple of b: rounded, since the quotient of the two is not exact.
    b: ({ dy, at, y }) => tf.neg(tf.mul(dy, tf.round(tf.div(tf.sub(at('a'), y), at('b'))))),
  },
  onnx: inDoubles(remainder),
  scalar: javascript.two((a, b) => `mod(${a}, ${b})`),
  cost: 'logarithm',
});
