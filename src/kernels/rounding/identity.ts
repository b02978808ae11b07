/** x. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import { elementwise } from '../elementwise.js';

export const identity = elementwise({
  name: 'Identity',
  work: 'nothing',
  vjp: { x: ({ dy }) => dy },
  onnx: onnx.same('Identity'),
  scalar: javascript.one((x) => x),
});
