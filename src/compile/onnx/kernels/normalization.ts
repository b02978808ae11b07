/** Normalisation by given means and variances. */
import type { Shape } from '../../../../dsl/index.js';
import { sameShape, takeLast } from '../../../../dsl/shape.js';
import { numberOf } from '../../attributes.js';
import type { Translation } from '../builder.js';

/** Whether numbers of a shape, repeated from the start, are what broadcasting makes of them. */
const repeats = (shape: Shape, whole: Shape): boolean => {
  const first = shape.findIndex((n) => n !== 1);
  const own = first === -1 ? [] : shape.slice(first);
  return sameShape(own, takeLast(whole, own.length));
};

/** offset + (x − mean) scale / √(variance + ε). */
const batchNorm: Translation = ({ b, at, inputs, value, attributes }) => {
  const { shape } = value('x');
  if (!Object.values(inputs).every((given) => repeats(given.shape, shape))) return undefined;
  const epsilon = b.scalar(numberOf(attributes['varianceEpsilon'], 0.001));
  const deviation = b.op('Sqrt', [b.op('Add', [at('variance'), epsilon])]);
  const factor =
    'scale' in inputs ? b.op('Div', [at('scale'), deviation]) : b.op('Reciprocal', [deviation]);
  const scaled = b.op('Mul', [b.op('Sub', [at('x'), at('mean')]), factor]);
  return 'offset' in inputs ? b.op('Add', [scaled, at('offset')]) : scaled;
};

export const normalization: Readonly<Record<string, Translation>> = { FusedBatchNorm: batchNorm };
