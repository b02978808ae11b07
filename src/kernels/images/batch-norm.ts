/** Numbers made comparable by given means and variances. */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../../dsl/index.js';
import { sameShape, takeLast } from '../../../dsl/tensors/shape.js';
import { numberOf } from '../../graph/attributes.js';
import type { Block } from '../../code/javascript/block.js';
import type { ElementRule, ElementSite } from '../../code/javascript/element-rule.js';
import { type Index, broadcastIndex } from '../../code/javascript/indexing.js';
import type { Translation } from '../../code/onnx/builder.js';
import { joined, parted } from '../convolution/layout.js';
import type { AdjointSite, BatchSite, Kernel } from '../kernel.js';
import { sumTo } from '../sum-to.js';

/** 1 / √(variance + ε). */
const inverse = (variance: Tensor, attributes: AdjointSite['attributes']): Tensor =>
  tf.rsqrt(tf.add(variance, numberOf(attributes['varianceEpsilon'], 0.001)));

const scaled = ({ dy, at, inputs }: AdjointSite): Tensor =>
  inputs.includes('scale') ? tf.mul(dy, at('scale')) : dy;

const centred = ({ at }: AdjointSite): Tensor => tf.sub(at('x'), at('mean'));

const inverseAt = ({ at, attributes }: AdjointSite): Tensor => inverse(at('variance'), attributes);

/** An operand with the draws left of as many axes as x has. */
const wide = ({ at, isBatched, value }: BatchSite, input: string): Tensor => {
  const x = at(input);
  if (!isBatched(input)) return x;
  const [draws = 1, ...own] = x.shape;
  const between = Array.from({ length: value('x').shape.length - own.length }, () => 1);
  return tf.reshape(x, [draws, ...between, ...own]);
};

/** Whether numbers of a shape, repeated from the start, are what broadcasting makes of them. */
const repeats = (shape: Shape, whole: Shape): boolean => {
  const first = shape.findIndex((n) => n !== 1);
  const own = first === -1 ? [] : shape.slice(first);
  return sameShape(own, takeLast(whole, own.length));
};

/** offset + (x − mean) scale / √(variance + ε). */
const onnx: Translation = ({ b, at, inputs, value, attributes }) => {
  const { shape } = value('x');
  if (!Object.values(inputs).every((given) => repeats(given.shape, shape))) return undefined;
  const epsilon = b.scalar(numberOf(attributes['varianceEpsilon'], 0.001));
  const deviation = b.op('Sqrt', [b.op('Add', [at('variance'), epsilon])]);
  const factor =
    'scale' in inputs ? b.op('Div', [at('scale'), deviation]) : b.op('Reciprocal', [deviation]);
  const made = b.op('Mul', [b.op('Sub', [at('x'), at('mean')]), factor]);
  return 'offset' in inputs ? b.op('Add', [made, at('offset')]) : made;
};

const operand = (
  { read, value }: ElementSite,
  block: Block,
  input: string,
  index: readonly Index[],
): string => read(block, input, broadcastIndex(index, value(input).shape));

const element: ElementRule = (site, block, index) => {
  const { attributes, inputs } = site;
  const at = (input: string): string => operand(site, block, input, index);
  const epsilon = numberOf(attributes['varianceEpsilon'], 0.001);
  const scale = inputs.includes('scale') ? ` * ${at('scale')}` : '';
  const offset = inputs.includes('offset') ? `${at('offset')} + ` : '';
  const deviation = `Math.sqrt(${at('variance')} + ${epsilon})`;
  return block.name(`(${offset}(${at('x')} - ${at('mean')})${scale} / ${deviation})`);
};

/** offset + (x − mean) scale / √(variance + ε). */
export const batchNorm: Kernel = {
  name: 'FusedBatchNorm',
  canonical: ({ varianceEpsilon }) => ({ varianceEpsilon: numberOf(varianceEpsilon, 0.001) }),
  shape: ({ x }) => x,
  vjp: {
    x: (site) => tf.mul(scaled(site), inverseAt(site)),
    mean: (site) => sumTo(tf.neg(tf.mul(scaled(site), inverseAt(site))), site.at('mean').shape),
    variance: (site) => {
      const inverted = inverseAt(site);
      const each = tf.mul(tf.mul(scaled(site), centred(site)), tf.mul(-0.5, tf.pow(inverted, 3)));
      return sumTo(each, site.at('variance').shape);
    },
    offset: ({ dy, at }) => sumTo(dy, at('offset').shape),
    scale: (site) =>
      sumTo(tf.mul(tf.mul(site.dy, centred(site)), inverseAt(site)), site.at('scale').shape),
  },
  batch: (site) => {
    const { at, isBatched, inputs, again, attributes, size, value } = site;
    // More images are as good as more draws for what does not differ between images.
    const shared = (input: string): boolean => {
      const { shape } = value(input);
      return !isBatched(input) && (shape.length < value('x').shape.length || shape[0] === 1);
    };
    if (inputs.every((input) => input === 'x' || shared(input))) {
      const others = inputs.map((input): [string, Tensor] => [input, at(input)]);
      return again({ ...Object.fromEntries(others), x: joined(at('x'), 0) }).map((y) =>
        parted(y, 0, size),
      );
    }
    const inverted = inverse(wide(site, 'variance'), attributes);
    const factor = inputs.includes('scale') ? tf.mul(wide(site, 'scale'), inverted) : inverted;
    const made = tf.mul(tf.sub(wide(site, 'x'), wide(site, 'mean')), factor);
    return inputs.includes('offset') ? tf.add(made, wide(site, 'offset')) : made;
  },
  onnx,
  element,
};
