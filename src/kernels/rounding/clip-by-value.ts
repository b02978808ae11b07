/** x within bounds, whose derivative is 1 at them as it is between. */
import * as tf from '@tensorflow/tfjs';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { numberOf } from '../../graph/attributes.js';
import type { Translation } from '../../code/onnx/builder.js';
import { elementwise } from '../elementwise.js';
import type { Attributes } from '../kernel.js';

const boundsOf = ({ clipValueMin, clipValueMax }: Attributes): readonly [number, number] => [
  numberOf(clipValueMin, -Infinity),
  numberOf(clipValueMax, Infinity),
];

/** Bounds of whole numbers are whole numbers within their type. */
const clip: Translation = ({ b, at, out, attributes }) => {
  const [low, high] = boundsOf(attributes);
  if (out.dtype === 'float32') return b.op('Clip', [at('x'), b.scalar(low), b.scalar(high)]);
  const bound = (n: number): string =>
    b.constant('int32', [], [Math.trunc(Math.min(Math.max(n, -(2 ** 31)), 2 ** 31 - 1))]);
  return b.op('Max', [b.op('Min', [at('x'), bound(high)]), bound(low)]);
};

export const clipByValue = elementwise({
  name: 'ClipByValue',
  vjp: {
    x: ({ dy, at, attributes }) => {
      const x = at('x');
      const [low, high] = boundsOf(attributes);
      return tf.where(tf.logicalAnd(tf.greaterEqual(x, low), tf.lessEqual(x, high)), dy, 0);
    },
  },
  onnx: clip,
  scalar: ([x = '0'], attributes) => {
    const [low, high] = boundsOf(attributes).map(javascript.numeral);
    return `Math.min(Math.max(${x}, ${low}), ${high})`;
  },
  vector: (t, [x = t.constant(0)], attributes) => {
    const [low, high] = boundsOf(attributes);
    return vectors.atMost(t, vectors.atLeast(t, x, low), high);
  },
  cost: 'choice',
});
