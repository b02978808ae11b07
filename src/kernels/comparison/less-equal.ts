/** Whether a ≤ b. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const lessEqual = elementwise({
  name: 'LessEqual',
  dtype: 'bool',
  vjp: 'zero',
  onnx: onnx.comparison('LessOrEqual'),
  scalar: javascript.truth('<='),
  vector: vectors.binary('le'),
  cost: 'choice',
});
