/** Whether a ≠ b. */
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const notEqual = elementwise({
  name: 'NotEqual',
  dtype: 'bool',
  vjp: 'zero',
  onnx: ({ b, all }) => b.op('Not', [b.op('Equal', all)]),
  scalar: javascript.truth('!=='),
  vector: vectors.binary('ne'),
  cost: 'choice',
});
