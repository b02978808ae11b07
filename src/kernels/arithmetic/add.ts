/** a + b. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const add = elementwise({
  name: 'Add',
  vjp: { a: ({ dy }) => dy, b: ({ dy }) => dy },
  onnx: onnx.same('Add'),
  scalar: javascript.infix('+'),
  vector: vectors.binary('add'),
});
