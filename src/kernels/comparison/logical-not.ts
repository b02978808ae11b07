/** Whether x is false. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const logicalNot = elementwise({
  name: 'LogicalNot',
  dtype: 'bool',
  vjp: 'zero',
  onnx: onnx.logical('Not'),
  scalar: javascript.one((x) => `(${x} ? 0 : 1)`),
  vector: vectors.unary('not'),
  cost: 'choice',
});
