/** Blocks of pixels that become images of a batch, or channels, and go back: elements in other places, all. */
import * as tf from '@tensorflow/tfjs';
import { numberOf, numbers, pairs } from '../../graph/attributes.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import type { Block } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import {
  type Index,
  minus,
  plus,
  quotient,
  remainder,
  times,
  unflatten,
} from '../../code/javascript/indexing.js';
import type { Translation } from '../../code/onnx/builder.js';
import { padded as framed, reshaped, transposed } from '../../code/onnx/moves.js';
import { call } from '../call.js';
import { joined, parted } from '../convolution/layout.js';
import type { Kernel, ShapeRule } from '../kernel.js';

const sum = ([a, b]: readonly [number, number] = [0, 0]): number => a + b;

const product = (ns: readonly number[]): number => ns.reduce((a, b) => a * b, 1);

const toBatch: ShapeRule = ({ x }, { blockShape, paddings }) => {
  if (x === undefined) return undefined;
  const block = numbers(blockShape);
  const [batch = 1, ...rest] = x.shape;
  const padded = rest.map((n, i) => n + sum(pairs(paddings)[i]));
  return {
    dtype: x.dtype,
    shape: [batch * product(block), ...padded.map((n, i) => n / (block[i] ?? 1))],
  };
};

const toSpace: ShapeRule = ({ x }, { blockShape, crops }) => {
  if (x === undefined) return undefined;
  const block = numbers(blockShape);
  const [batch = 1, ...rest] = x.shape;
  const whole = rest.map((n, i) => n * (block[i] ?? 1));
  return {
    dtype: x.dtype,
    shape: [batch / product(block), ...whole.map((n, i) => n - sum(pairs(crops)[i]))],
  };
};

const toBatchOnnx: Translation = (site) => {
  const { b, at, value, attributes, out } = site;
  const block = [...numbers(attributes['blockShape'])];
  const around = pairs(attributes['paddings']);
  const { shape, dtype } = value('x');
  const padding = shape.map((_, i) => around[i - 1] ?? ([0, 0] as const));
  const x = framed(site, at('x'), padding, b.constant(dtype, [], [0]));
  const sizes = shape.map((n, i) => n + (padding[i]?.[0] ?? 0) + (padding[i]?.[1] ?? 0));
  const cut = tf.backend_util.getReshaped(sizes, block, product(block), false);
  const perm = tf.backend_util.getPermuted(cut.length, block.length, false);
  return reshaped(b, transposed(b, reshaped(b, x, cut), perm), out.shape);
};

const toSpaceOnnx: Translation = ({ b, at, value, attributes, out }) => {
  const block = [...numbers(attributes['blockShape'])];
  const crops = pairs(attributes['crops']);
  const shape = [...value('x').shape];
  const cut = tf.backend_util.getReshaped(shape, block, product(block));
  const perm = tf.backend_util.getPermuted(cut.length, block.length);
  const whole = tf.backend_util.getReshapedPermuted(shape, block, product(block));
  const spread = reshaped(b, transposed(b, reshaped(b, at('x'), cut), perm), whole);
  const begin = whole.map((_, i) => crops[i - 1]?.[0] ?? 0);
  const end = begin.map((n, i) => n + (out.shape[i] ?? 0));
  return b.op('Slice', [spread, b.ints(begin), b.ints(end)]);
};

const fromDepthOnnx: Translation = ({ b, at, value, attributes, out }) => {
  if (attributes['dataFormat'] !== 'NHWC') return undefined;
  const block = numberOf(attributes['blockSize'], 1);
  const [batch = 1, height = 1, width = 1, depth = 1] = value('x').shape;
  const cut = reshaped(b, at('x'), [batch, height, width, block, block, depth / block ** 2]);
  return reshaped(b, transposed(b, cut, [0, 1, 3, 2, 4, 5]), out.shape);
};

/** Blocks: which place in its block a pixel has is what counts first in the batch. */
const toBatchElement: ElementRule = ({ read, value, attributes }, block, index) => {
  const { shape } = value('x');
  const sizes = numbers(attributes['blockShape']);
  const around = pairs(attributes['paddings']);
  const [all = 0, ...rest] = index;
  const images = shape[0] ?? 1;
  const within = unflatten(quotient(all, images), sizes);
  const from = (b: Block, axis: number, places: readonly Index[]): string => {
    const size = sizes[axis];
    if (size === undefined) {
      return read(b, 'x', [remainder(all, images), ...places, ...rest.slice(sizes.length)]);
    }
    const [before] = around[axis] ?? [0, 0];
    const covered = plus(times(rest[axis] ?? 0, size), within[axis] ?? 0);
    const place = minus(covered, before);
    return b.below(
      place,
      0,
      () => '0',
      (inner) =>
        inner.below(
          place,
          shape[axis + 1] ?? 1,
          (c) => from(c, axis + 1, [...places, place]),
          () => '0',
        ),
    );
  };
  return from(block, 0, []);
};

const toSpaceElement: ElementRule = ({ read, value, attributes }, block, index) => {
  const sizes = numbers(attributes['blockShape']);
  const crops = pairs(attributes['crops']);
  const images = (value('x').shape[0] ?? 1) / sizeOf(sizes);
  const [image = 0, ...rest] = index;
  const places = sizes.map((_, i) => plus(rest[i] ?? 0, crops[i]?.[0] ?? 0));
  const within = sizes.reduce<Index>(
    (so, size, i) => plus(times(so, size), remainder(places[i] ?? 0, size)),
    0,
  );
  return read(block, 'x', [
    plus(times(within, images), image),
    ...sizes.map((size, i) => quotient(places[i] ?? 0, size)),
    ...rest.slice(sizes.length),
  ]);
};

const fromDepthElement: ElementRule = ({ read, attributes, outs }, block, index) => {
  const size = numberOf(attributes['blockSize'], 1);
  const [image = 0, y = 0, x = 0, channel = 0] = index;
  const depth = outs[0]?.shape.at(-1) ?? 1;
  const within = plus(times(remainder(y, size), size), remainder(x, size));
  return read(block, 'x', [
    image,
    quotient(y, size),
    quotient(x, size),
    plus(times(within, depth), channel),
  ]);
};

/** Place in the block counts before image in the batch, so that the draws come between the two. */
const spaceToBatch: Kernel = {
  name: 'SpaceToBatchND',
  work: 'move',
  canonical: ({ blockShape, paddings }) => ({
    blockShape: numbers(blockShape),
    paddings: pairs(paddings),
  }),
  shape: toBatch,
  vjp: {
    x: ({ dy, attributes: { blockShape, paddings } }) =>
      call('BatchToSpaceND', { x: dy }, { blockShape, crops: paddings }),
  },
  batch: ({ at, again, attributes, size }) => {
    const block = product(numbers(attributes['blockShape']));
    return again({ x: joined(at('x'), 0) }).map((y) => {
      const [all = 1, ...rest] = y.shape;
      const apart = tf.reshape(y, [block, size, all / (block * size), ...rest]);
      const swapped = tf.transpose(apart, [1, 0, 2, ...rest.map((_, i) => i + 3)]);
      return tf.reshape(swapped, [size, all / size, ...rest]);
    });
  },
  onnx: toBatchOnnx,
  element: toBatchElement,
};

const batchToSpace: Kernel = {
  name: 'BatchToSpaceND',
  work: 'move',
  canonical: ({ blockShape, crops }) => ({ blockShape: numbers(blockShape), crops: pairs(crops) }),
  shape: toSpace,
  vjp: {
    x: ({ dy, attributes: { blockShape, crops } }) =>
      call('SpaceToBatchND', { x: dy }, { blockShape, paddings: crops }),
  },
  batch: ({ at, again, attributes, size }) => {
    const block = product(numbers(attributes['blockShape']));
    const [draws = size, all = 1, ...rest] = at('x').shape;
    const apart = tf.reshape(at('x'), [draws, block, all / block, ...rest]);
    const swapped = tf.transpose(apart, [1, 0, 2, ...rest.map((_, i) => i + 3)]);
    return again({ x: tf.reshape(swapped, [draws * all, ...rest]) }).map((y) => parted(y, 0, size));
  },
  onnx: toSpaceOnnx,
  element: toSpaceElement,
};

/** Channels as blocks of pixels, and blocks as channels. */
const depthToSpace: Kernel = {
  name: 'DepthToSpace',
  work: 'move',
  shape: ({ x }, { blockSize, dataFormat }) => {
    if (x === undefined || dataFormat !== 'NHWC') return undefined;
    const block = numberOf(blockSize, 1);
    const [batch = 1, height = 1, width = 1, depth = 1] = x.shape;
    return { shape: [batch, height * block, width * block, depth / block ** 2], dtype: x.dtype };
  },
  vjp: {
    x: ({ dy, at, attributes }) => {
      const block = numberOf(attributes['blockSize'], 1);
      const [batch = 1, height = 1, width = 1, depth = 1] = at('x').shape;
      const apart = tf.reshape(dy, [batch, height, block, width, block, depth / block ** 2]);
      return tf.reshape(tf.transpose(apart, [0, 1, 3, 2, 4, 5]), [batch, height, width, depth]);
    },
  },
  batch: ({ at, again, size }) => again({ x: joined(at('x'), 0) }).map((y) => parted(y, 0, size)),
  onnx: fromDepthOnnx,
  element: fromDepthElement,
};

export const blocks: readonly Kernel[] = [batchToSpace, depthToSpace, spaceToBatch];
