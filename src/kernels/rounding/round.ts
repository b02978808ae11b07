/** The nearest whole number, the even one of two. */
import * as onnx from '../../compile/onnx/operators.js';
import * as javascript from '../../compile/javascript/scalars.js';
import * as vectors from '../../compile/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const round = elementwise({
  name: 'Round',
  vjp: 'zero',
  onnx: onnx.rounding('Round'),
  scalar: javascript.one((x) => `roundHalfEven(${x})`),
  vector: vectors.unary('nearest'),
});
