/** Numbers made comparable by their neighbours among the channels. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { numberOf } from '../../graph/attributes.js';
import { type Block, literal, sum } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import { minus, plus } from '../../code/javascript/indexing.js';
import { type Translation, int } from '../../code/onnx/builder.js';
import { transposed } from '../../code/onnx/moves.js';
import { joined, parted } from '../convolution/layout.js';
import type { Kernel } from '../kernel.js';

/** ONNX takes the mean of the squares where TensorFlow.js takes their sum. */
const onnx: Translation = ({ b, at, attributes }) => {
  const size = 2 * numberOf(attributes['depthRadius'], 5) + 1;
  const made = b.op('LRN', [transposed(b, at('x'), [0, 3, 1, 2])], {
    size: int(size),
    bias: { float: numberOf(attributes['bias'], 1) },
    alpha: { float: size * numberOf(attributes['alpha'], 1) },
    beta: { float: numberOf(attributes['beta'], 0.5) },
  });
  return transposed(b, made, [0, 2, 3, 1]);
};

const element: ElementRule = ({ read, value, attributes }, block, index) => {
  const channels = value('x').shape.at(-1) ?? 1;
  const radius = Math.min(numberOf(attributes['depthRadius'], 5), channels);
  const channel = index.at(-1) ?? 0;
  const squares = block.fold(sum, [2 * radius + 1], ([t = 0], b) => {
    const place = minus(plus(channel, t), radius);
    const square = (c: Block): string => {
      const x = read(c, 'x', [...index.slice(0, -1), place]);
      return `${x} * ${x}`;
    };
    const low = (c: Block): string =>
      c.below(
        place,
        channels,
        (d) => d.name(square(d)),
        () => '0',
      );
    return b.below(place, 0, () => '0', low);
  });
  const [bias, alpha, beta] = ['bias', 'alpha', 'beta'].map((name) =>
    literal(numberOf(attributes[name], 1)),
  );
  const x = read(block, 'x', index);
  return block.name(`(${x} * Math.pow(${bias} + ${alpha} * ${squares}, -${beta}))`);
};

/** x summed over the channels that are no further than `radius` from each. */
const neighbours = (x: Tensor, radius: number): Tensor => {
  const channels = x.shape.at(-1) ?? 1;
  const band = Float32Array.from({ length: channels ** 2 }, (_, i) =>
    Math.abs((i % channels) - Math.floor(i / channels)) <= radius ? 1 : 0,
  );
  const rows = tf.reshape(x, [x.size / channels, channels]);
  return tf.reshape(tf.matMul(rows, tf.tensor(band, [channels, channels])), x.shape);
};

/** x (bias + α Σ x²)^−β, the sum over the channels next to each (Krizhevsky et al. 2012, section 3.3). */
export const localResponse: Kernel = {
  name: 'LRN',
  canonical: ({ depthRadius, bias, alpha, beta }) => ({
    depthRadius: numberOf(depthRadius, 5),
    bias: numberOf(bias, 1),
    alpha: numberOf(alpha, 1),
    beta: numberOf(beta, 0.5),
  }),
  shape: ({ x }) => x,
  vjp: {
    x: ({ dy, at, attributes }) => {
      const [radius, alpha, beta] = [
        numberOf(attributes['depthRadius'], 5),
        numberOf(attributes['alpha'], 1),
        numberOf(attributes['beta'], 0.5),
      ];
      const x = at('x');
      const base = tf.add(
        numberOf(attributes['bias'], 1),
        tf.mul(alpha, neighbours(tf.square(x), radius)),
      );
      const own = tf.mul(dy, tf.pow(base, -beta));
      const others = neighbours(tf.mul(tf.mul(dy, x), tf.pow(base, -beta - 1)), radius);
      return tf.sub(own, tf.mul(2 * alpha * beta, tf.mul(x, others)));
    },
  },
  batch: ({ at, again, size }) => again({ x: joined(at('x'), 0) }).map((y) => parted(y, 0, size)),
  onnx,
  element,
};
