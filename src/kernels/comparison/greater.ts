/** Whether a > b. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const greater = elementwise({
  name: 'Greater',
  dtype: 'bool',
  vjp: 'zero',
  onnx: onnx.comparison('Greater'),
  scalar: javascript.truth('>'),
  vector: vectors.binary('gt'),
  cost: 'choice',
});
