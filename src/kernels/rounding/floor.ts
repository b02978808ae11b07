/** The largest whole number that is not above x. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const floor = elementwise({
  name: 'Floor',
  vjp: 'zero',
  onnx: onnx.rounding('Floor'),
  scalar: javascript.math('floor'),
  vector: vectors.unary('floor'),
});
