/** The largest whole number that is not above x. */
import * as onnx from '../../compile/onnx/operators.js';
import * as javascript from '../../compile/javascript/scalars.js';
import * as vectors from '../../compile/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const floor = elementwise({
  name: 'Floor',
  vjp: 'zero',
  onnx: onnx.rounding('Floor'),
  scalar: javascript.math('floor'),
  vector: vectors.unary('floor'),
});
