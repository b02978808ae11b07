/** Whether a = b. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const equal = elementwise({
  name: 'Equal',
  dtype: 'bool',
  vjp: 'zero',
  onnx: onnx.same('Equal'),
  scalar: javascript.truth('==='),
  vector: vectors.binary('eq'),
  cost: 'choice',
});
