/** Whether a ≥ b. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const greaterEqual = elementwise({
  name: 'GreaterEqual',
  dtype: 'bool',
  vjp: 'zero',
  onnx: onnx.comparison('GreaterOrEqual'),
  scalar: javascript.truth('>='),
  vector: vectors.binary('ge'),
  cost: 'choice',
});
