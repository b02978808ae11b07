/** Whether a or b is true. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const logicalOr = elementwise({
  name: 'LogicalOr',
  dtype: 'bool',
  vjp: 'zero',
  onnx: onnx.logical('Or'),
  scalar: javascript.truth('||'),
  vector: vectors.binary('or'),
  cost: 'choice',
});
