/** ⌊a / b⌋. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import { inDoubles } from '../../code/onnx/casting.js';
import { elementwise } from '../elementwise.js';

export const floorDiv = elementwise({
  name: 'FloorDiv',
  dtype: 'int32',
  vjp: 'zero',
  onnx: inDoubles((site) => site.b.op('Floor', [onnx.same('Div')(site)])),
  scalar: javascript.two((a, b) => `Math.floor(${a} / ${b})`),
  cost: 'logarithm',
});
