/** Whether x is a number, and finite. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const isFinite = elementwise({
  name: 'IsFinite',
  dtype: 'bool',
  vjp: 'zero',
  onnx: onnx.predicate((b, x) =>
    b.op('Not', [b.op('Or', [b.op('IsInf', [x]), b.op('IsNaN', [x])])]),
  ),
  scalar: javascript.one((x) => `(${x} - ${x} === 0 ? 1 : 0)`),
  vector: vectors.one((t, x) => t.do('lt', t.do('abs', x), t.constant(Infinity))),
  cost: 'choice',
});
