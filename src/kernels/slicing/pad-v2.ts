/** A constant around an array. */
import * as tf from '@tensorflow/tfjs';
import { numberOf, pairs } from '../../graph/attributes.js';
import { type Block, literal } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import { type Index, minus } from '../../code/javascript/indexing.js';
import type { Translation } from '../../code/onnx/builder.js';
import { padded } from '../../code/onnx/moves.js';
import type { Kernel } from '../kernel.js';
import { batchedPadding, paddedShape } from './padded.js';

const onnx: Translation = (site) => {
  const { b, at, attributes, out } = site;
  const constant = b.constant(out.dtype, [], [numberOf(attributes['constantValue'], 0)]);
  return padded(site, at('x'), pairs(attributes['paddings']), constant);
};

const element: ElementRule = ({ read, value, attributes }, block, index) => {
  const { shape } = value('x');
  const around = pairs(attributes['paddings']);
  const fill = literal(numberOf(attributes['constantValue'], 0));
  const from = (b: Block, axis: number, inner: readonly Index[]): string => {
    if (axis === shape.length) return read(b, 'x', inner);
    const [before = 0] = around[axis] ?? [];
    const i = index[axis] ?? 0;
    const inside = (c: Block): string =>
      c.below(
        i,
        before + (shape[axis] ?? 1),
        (d) => from(d, axis + 1, [...inner, minus(i, before)]),
        () => fill,
      );
    return before === 0 ? inside(b) : b.below(i, before, () => fill, inside);
  };
  return from(block, 0, []);
};

export const padV2: Kernel = {
  name: 'PadV2',
  work: 'move',
  canonical: ({ paddings, constantValue }) => ({
    paddings: pairs(paddings),
    constantValue: numberOf(constantValue, 0),
  }),
  shape: paddedShape,
  vjp: {
    x: ({ dy, at, attributes }) =>
      tf.slice(
        dy,
        pairs(attributes['paddings']).map(([before]) => before),
        at('x').shape,
      ),
  },
  batch: batchedPadding,
  onnx,
  element,
};
