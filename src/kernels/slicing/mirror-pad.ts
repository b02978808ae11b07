/** An array's reflection around it, with the element at its edge (`symmetric`) or without (`reflect`). */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { pairs } from '../../graph/attributes.js';
import type { Block } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import { type Index, minus } from '../../code/javascript/indexing.js';
import { type Translation, int } from '../../code/onnx/builder.js';
import type { Kernel, Vjp } from '../kernel.js';
import { batchedPadding, paddedShape } from './padded.js';

const along = (x: Tensor, axis: number, from: number, count: number): Tensor =>
  tf.slice(
    x,
    x.shape.map((_, i) => (i === axis ? from : 0)),
    x.shape.with(axis, count),
  );

/** Folded back along each axis in turn: what was reflected is added to what it is the image of. */
const vjp: Vjp = ({ dy, at, attributes }) => {
  const { shape } = at('x');
  const edge = attributes['mode'] === 'reflect' ? 1 : 0;
  return pairs(attributes['paddings']).reduce<Tensor>((owed, [before, after], axis) => {
    const n = shape[axis] ?? 1;
    const image = (from: number, count: number, place: number): readonly Tensor[] =>
      count === 0
        ? []
        : [
            tf.pad(
              tf.reverse(along(owed, axis, from, count), axis),
              owed.shape.map((_, i): [number, number] =>
                i === axis ? [place, n - place - count] : [0, 0],
              ),
            ),
          ];
    return [
      ...image(0, before, edge),
      ...image(before + n, after, n - after - edge),
    ].reduce<Tensor>((sum, part) => tf.add(sum, part), along(owed, axis, before, n));
  }, dy);
};

/** ONNX reflects without the edge only, so both modes gather along each axis. */
const onnx: Translation = ({ b, at, value, attributes }) => {
  const offset = attributes['mode'] === 'reflect' ? 0 : 1;
  return pairs(attributes['paddings']).reduce((x, [before, after], axis) => {
    if (before === 0 && after === 0) return x;
    const size = value('x').shape[axis] ?? 1;
    const source = Array.from({ length: before + size + after }, (_, i) => {
      const place = i - before;
      if (place < 0) return -place - offset;
      return place < size ? place : 2 * (size - 1) - place + offset;
    });
    return b.op('Gather', [x, b.ints(source)], { axis: int(axis) });
  }, at('x'));
};

const element: ElementRule = ({ read, value, attributes }, block, index) => {
  const { shape } = value('x');
  const edge = attributes['mode'] === 'reflect' ? 0 : 1;
  const around = pairs(attributes['paddings']);
  const from = (b: Block, axis: number, inner: readonly Index[]): string => {
    if (axis === shape.length) return read(b, 'x', inner);
    const [before, after] = around[axis] ?? [0, 0];
    const [n, i] = [shape[axis] ?? 1, index[axis] ?? 0];
    const at = (place: Index) => (c: Block) => from(c, axis + 1, [...inner, place]);
    const inside = at(minus(i, before));
    const behind = (c: Block): string =>
      after === 0
        ? inside(c)
        : c.below(i, before + n, inside, at(minus(2 * (n - 1) + before + edge, i)));
    return before === 0 ? behind(b) : b.below(i, before, at(minus(before - edge, i)), behind);
  };
  return from(block, 0, []);
};

export const mirrorPad: Kernel = {
  name: 'MirrorPad',
  work: 'move',
  canonical: ({ paddings, mode }) => ({ paddings: pairs(paddings), mode }),
  shape: paddedShape,
  vjp: { x: vjp },
  batch: batchedPadding,
  onnx,
  element,
};
