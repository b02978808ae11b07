/** Whether both a and b are true. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const logicalAnd = elementwise({
  name: 'LogicalAnd',
  dtype: 'bool',
  vjp: 'zero',
  onnx: onnx.logical('And'),
  scalar: javascript.truth('&&'),
  vector: vectors.binary('and'),
  cost: 'choice',
});
