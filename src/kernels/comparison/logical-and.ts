/** Whether both a and b are true. */
import * as onnx from '../../compile/onnx/operators.js';
import * as javascript from '../../compile/javascript/scalars.js';
import * as vectors from '../../compile/webassembly/vectors.js';
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
