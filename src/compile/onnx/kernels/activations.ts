/** The functions between the layers of a network. */
import { numberOf } from '../../attributes.js';
import type { Site, Translation } from '../builder.js';
import { cast, inReals } from './cast.js';
import { FEW_TERMS } from './long-sums.js';
import { same } from './elementwise.js';

const leakyRelu =
  (alpha: (site: Site) => number) =>
  (site: Site): string =>
    site.b.op('LeakyRelu', [site.at('x')], { alpha: { float: alpha(site) } });

/** The slope may have an axis that x has not, so ONNX's own operator does not do. */
const prelu = ({ b, at }: Site): string => {
  const x = at('x');
  return b.op('Where', [b.op('Less', [x, b.scalar(0)]), b.op('Mul', [at('alpha'), x]), x]);
};

const relu6 = ({ b, at }: Site): string => b.op('Clip', [at('x'), b.scalar(0), b.scalar(6)]);

const step = ({ b, at, attributes }: Site): string => {
  const steps = b.op('Where', [
    b.op('Greater', [at('x'), b.scalar(0)]),
    b.scalar(1),
    b.scalar(numberOf(attributes['alpha'], 0)),
  ]);
  // A rectifier's gradient must not hide a NaN.
  return b.op('Where', [b.op('IsNaN', [at('x')]), at('x'), steps]);
};

/** In double precision where there is much to add. */
const softmax: Translation = ({ b, at, value }) => {
  const exact = (value('logits').shape.at(-1) ?? 1) > FEW_TERMS;
  const x = exact ? cast(b, at('logits'), 'float64') : at('logits');
  const shares = b.op('Softmax', [x], { axis: { int: -1 } });
  return exact ? cast(b, shares, 'float32') : shares;
};

export const activations: Readonly<Record<string, Translation>> = {
  Elu: inReals(same('Elu')),
  EluGrad: ({ b, at }) =>
    b.op('Where', [
      b.op('GreaterOrEqual', [at('y'), b.scalar(0)]),
      at('dy'),
      b.op('Mul', [at('dy'), b.op('Add', [at('y'), b.scalar(1)])]),
    ]),
  LeakyRelu: inReals(leakyRelu(({ attributes }) => numberOf(attributes['alpha'], 0.2))),
  Prelu: inReals(prelu),
  Relu: same('Relu'),
  Relu6: inReals(relu6),
  Selu: inReals(same('Selu')),
  Sigmoid: inReals(same('Sigmoid')),
  Softmax: softmax,
  Step: inReals(step),
};

/** What a fused kernel does to its sums: it adds a bias, then applies its activation. */
export const finished = (site: Site, sums: string): string | undefined => {
  const { b, attributes } = site;
  const x = 'bias' in site.inputs ? b.op('Add', [sums, site.at('bias')]) : sums;
  const inner: Site = {
    ...site,
    at: (name) => (name === 'x' ? x : site.at('preluActivationWeights')),
    all: [x],
    values: [site.out],
  };
  switch (attributes['activation'] ?? 'linear') {
    case 'linear':
      return x;
    case 'relu':
      return same('Relu')(inner);
    case 'elu':
      return same('Elu')(inner);
    case 'relu6':
      return relu6(inner);
    case 'sigmoid':
      return same('Sigmoid')(inner);
    case 'leakyrelu':
      return leakyRelu(() => numberOf(attributes['leakyreluAlpha'], 0.2))(inner);
    case 'prelu':
      return prelu(inner);
    default:
      return undefined;
  }
};
