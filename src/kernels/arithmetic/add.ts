/** a + b. */
import * as onnx from '../../compile/onnx/operators.js';
import * as javascript from '../../compile/javascript/scalars.js';
import * as vectors from '../../compile/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const add = elementwise({
  name: 'Add',
  vjp: { a: ({ dy }) => dy, b: ({ dy }) => dy },
  onnx: onnx.same('Add'),
  scalar: javascript.infix('+'),
  vector: vectors.binary('add'),
});
