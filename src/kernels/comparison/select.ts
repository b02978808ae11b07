/** t where a condition holds, else e. All have one shape. */
import * as tf from '@tensorflow/tfjs';
import { broadcast } from '../../../dsl/tensors/shape.js';
import type { DType } from '../../graph/graph.js';
import type { Translation } from '../../code/onnx/builder.js';
import { cast, converted } from '../../code/onnx/casting.js';
import type { Kernel } from '../kernel.js';

/** The type that holds the numbers of both. */
const upcast = (a: DType, b: DType): DType => {
  const both = [a, b];
  return both.includes('float32') ? 'float32' : both.includes('int32') ? 'int32' : 'bool';
};

/** Operands as the type of what comes out; truth is chosen as 0 and 1. */
const choice: Translation = ({ b, at, value, out }) => {
  const whole = out.dtype === 'bool';
  const [t, e] = ['t', 'e'].map((input) =>
    whole ? cast(b, at(input), 'int32') : converted(b, at(input), value(input).dtype, out.dtype),
  );
  const chosen = b.op('Where', [cast(b, at('condition'), 'bool'), t ?? '', e ?? '']);
  return whole ? cast(b, chosen, 'bool') : chosen;
};

export const select: Kernel = {
  name: 'Select',
  shape: ({ condition, t, e }) => {
    const branches = t && e && broadcast(t.shape, e.shape);
    const shape = branches && condition && broadcast(branches, condition.shape);
    return shape && t && e && { shape, dtype: upcast(t.dtype, e.dtype) };
  },
  // What was not taken may be no number: it is left out, not multiplied by 0.
  vjp: {
    t: ({ dy, at }) => tf.where(at('condition'), dy, tf.zerosLike(dy)),
    e: ({ dy, at }) => tf.where(at('condition'), tf.zerosLike(dy), dy),
  },
  batch: ({ at }) => tf.where(at('condition'), at('t'), at('e')),
  onnx: choice,
  scalar: ([condition = '0', t = '0', e = '0']) => `(${condition} ? ${t} : ${e})`,
  vector: (terms, [condition = terms.constant(0), t = terms.constant(0), e = terms.constant(0)]) =>
    terms.do('choose', t, e, condition),
  cost: 'choice',
};
