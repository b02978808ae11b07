/** ⌊a / b⌋. */
import * as onnx from '../../compile/onnx/operators.js';
import * as javascript from '../../compile/javascript/scalars.js';
import { inDoubles } from '../../compile/onnx/casting.js';
import { elementwise } from '../elementwise.js';

export const floorDiv = elementwise({
  name: 'FloorDiv',
  dtype: 'int32',
  vjp: 'zero',
  onnx: inDoubles((site) => site.b.op('Floor', [onnx.same('Div')(site)])),
  scalar: javascript.two((a, b) => `Math.floor(${a} / ${b})`),
  cost: 'logarithm',
});
