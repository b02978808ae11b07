/** The bits that two whole numbers share. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import { elementwise } from '../elementwise.js';

export const bitwiseAnd = elementwise({
  name: 'BitwiseAnd',
  vjp: 'zero',
  onnx: onnx.same('BitwiseAnd'),
  scalar: javascript.infix('&'),
});
