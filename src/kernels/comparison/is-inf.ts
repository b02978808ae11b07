/** Whether x is +∞ or −∞. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const isInf = elementwise({
  name: 'IsInf',
  dtype: 'bool',
  vjp: 'zero',
  onnx: onnx.predicate((b, x) => b.op('IsInf', [x])),
  scalar: javascript.one((x) => `(Math.abs(${x}) === Infinity ? 1 : 0)`),
  vector: vectors.one((t, x) => t.do('eq', t.do('abs', x), t.constant(Infinity))),
  cost: 'choice',
});
