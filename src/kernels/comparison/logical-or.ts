/** Whether a or b is true. */
import * as onnx from '../../compile/onnx/operators.js';
import * as javascript from '../../compile/javascript/scalars.js';
import * as vectors from '../../compile/webassembly/vectors.js';
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
