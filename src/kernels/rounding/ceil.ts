/** The smallest whole number that is not below x. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const ceil = elementwise({
  name: 'Ceil',
  vjp: 'zero',
  onnx: onnx.rounding('Ceil'),
  scalar: javascript.math('ceil'),
  vector: vectors.unary('ceil'),
});
