/** 1 above 0 and α elsewhere, but NaN stays NaN. */
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { inReals } from '../../code/onnx/casting.js';
import { numberOf } from '../../graph/attributes.js';
import { elementwise } from '../elementwise.js';

export const step = elementwise({
  name: 'Step',
  vjp: 'zero',
  onnx: inReals(({ b, at, attributes }) => {
    const steps = b.op('Where', [
      b.op('Greater', [at('x'), b.scalar(0)]),
      b.scalar(1),
      b.scalar(numberOf(attributes['alpha'], 0)),
    ]);
    return b.op('Where', [b.op('IsNaN', [at('x')]), at('x'), steps]);
  }),
  scalar: ([x = '0'], { alpha }) =>
    `(${x} > 0 ? 1 : ${x} !== ${x} ? ${x} : ${javascript.numeral(numberOf(alpha, 0))})`,
  vector: (t, [x = t.constant(0)], { alpha }) => {
    const [yes, no] = [t.constant(1), t.constant(numberOf(alpha, 0))];
    const steps = t.do('choose', yes, no, t.do('gt', x, t.constant(0)));
    return t.do('choose', x, steps, vectors.isNaN(t, x));
  },
  cost: 'choice',
});
