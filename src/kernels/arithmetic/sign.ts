/** 1 above 0, −1 below, and 0 at 0 and for NaN. */
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { inReals } from '../../code/onnx/casting.js';
import { elementwise } from '../elementwise.js';

export const sign = elementwise({
  name: 'Sign',
  vjp: 'zero',
  onnx: inReals(({ b, at }) =>
    b.op('Where', [b.op('IsNaN', [at('x')]), b.scalar(0), b.op('Sign', [at('x')])]),
  ),
  scalar: javascript.one((x) => `(${x} > 0 ? 1 : ${x} < 0 ? -1 : 0)`),
  vector: vectors.one((t, x) =>
    t.do(
      'sub',
      vectors.asNumber(t, t.do('gt', x, t.constant(0))),
      vectors.asNumber(t, t.do('lt', x, t.constant(0))),
    ),
  ),
  cost: 'choice',
});
