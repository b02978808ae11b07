/**
 * λ x above 0 and λ α (eˣ − 1) below.
 *
 * Source: Klambauer et al. 2017, arXiv:1706.02515.
 */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { expm1 } from '../../code/webassembly/functions.js';
import { elementwise } from '../elementwise.js';

const SCALE = 1.0507009873554805;

const ALPHA = 1.6732632423543772;

/** λ α. */
const BELOW = 1.7580993408473768;

export const selu = elementwise({
  name: 'Selu',
  vjp: {
    x: ({ dy, at, y }) => tf.mul(dy, tf.where(tf.greater(at('x'), 0), SCALE, tf.add(y, BELOW))),
  },
  onnx: onnx.exponentialUnit(SCALE, ALPHA),
  scalar: javascript.one((x) => `(${x} >= 0 ? ${SCALE} * ${x} : ${BELOW} * Math.expm1(${x}))`),
  vector: vectors.one((t, x) => {
    const below = t.do('mul', expm1(t, x), t.constant(BELOW));
    return vectors.above(t, x, t.do('mul', x, t.constant(SCALE)), below);
  }),
  cost: 'tanh',
});
