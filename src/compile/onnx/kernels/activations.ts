/** The functions between the layers of a network. */
import { numberOf } from '../../attributes.js';
import type { Site, Translation } from '../builder.js';
import { cast, inReals } from './cast.js';
import { FEW_TERMS } from './long-sums.js';
import { expm1, same } from './elementwise.js';

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

/** 1 / (1 + e^−x): the runtime's own is 0 from x = −18 on, and 10⁻⁸ off before. */
const sigmoid = ({ b, at, attributes }: Site): string =>
  attributes['tail'] === false
    ? b.op('Sigmoid', [at('x')])
    : b.op('Reciprocal', [b.op('Add', [b.op('Exp', [b.op('Neg', [at('x')])]), b.scalar(1)])]);

/** x above 0 and α (eˣ − 1) below, times a scale; the runtime's own cancels near 0. */
const exponentialUnit =
  (scale: number, alpha: number) =>
  ({ b, at }: Site): string => {
    const x = at('x');
    const below = expm1(b, b.op('Min', [x, b.scalar(0)]));
    const times = (y: string, factor: number): string =>
      factor === 1 ? y : b.op('Mul', [y, b.scalar(factor)]);
    const above = b.op('GreaterOrEqual', [x, b.scalar(0)]);
    return b.op('Where', [above, times(x, scale), times(below, scale * alpha)]);
  };

const elu = exponentialUnit(1, 1);

/** Klambauer et al. 2017, arXiv:1706.02515. */
const selu = exponentialUnit(1.0507009873554805, 1.6732632423543772);

export const activations: Readonly<Record<string, Translation>> = {
  Elu: inReals(elu),
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
  Selu: inReals(selu),
  Sigmoid: inReals(sigmoid),
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
      return elu(inner);
    case 'relu6':
      return relu6(inner);
    case 'sigmoid':
      return sigmoid(inner);
    case 'leakyrelu':
      return leakyRelu(() => numberOf(attributes['leakyreluAlpha'], 0.2))(inner);
    case 'prelu':
      return prelu(inner);
    default:
      return undefined;
  }
};
