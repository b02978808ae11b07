/** The nearest whole number, the even one of two. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const round = elementwise({
  name: 'Round',
  vjp: 'zero',
  onnx: onnx.rounding('Round'),
  scalar: javascript.one((x) => `roundHalfEven(${x})`),
  vector: vectors.unary('nearest'),
});
