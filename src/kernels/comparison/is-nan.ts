/** Whether x is no number. */
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const isNan = elementwise({
  name: 'IsNan',
  dtype: 'bool',
  vjp: 'zero',
  onnx: onnx.predicate((b, x) => b.op('IsNaN', [x])),
  scalar: javascript.one((x) => `(${x} !== ${x} ? 1 : 0)`),
  vector: vectors.one(vectors.isNaN),
  cost: 'choice',
});
