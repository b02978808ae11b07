/** Stacks of matrices, multiplied; either operand may be transposed, and the stacks broadcast. */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../../dsl/index.js';
import { swapped } from '../../../dsl/numerics/matrices/factors.js';
import { broadcast, sizeOf } from '../../../dsl/tensors/shape.js';
import { sum } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import { type Index, broadcastIndex } from '../../code/javascript/indexing.js';
import type { Attributes, BatchRule, BatchSite, Kernel, ShapeRule, Vjp } from '../kernel.js';
import { type Labelled, type ReachSite, along, overlaid, reshaped } from '../reach.js';
import { sumTo } from '../sum-to.js';
import { productInOnnx } from './onnx.js';

const flags = (attributes: Attributes): readonly [boolean, boolean] => [
  attributes['transposeA'] === true,
  attributes['transposeB'] === true,
];

export const productShape: ShapeRule = ({ a, b }, attributes) => {
  if (a === undefined || b === undefined) return undefined;
  const [across, down] = flags(attributes);
  const stacks = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const rows = a.shape.at(across ? -1 : -2) ?? 1;
  const columns = b.shape.at(down ? -2 : -1) ?? 1;
  return stacks && { shape: [...stacks, rows, columns], dtype: a.dtype };
};

/** All rows of a stack as those of one matrix. */
const joined = (x: Tensor): Tensor =>
  x.rank === 2 ? x : tf.reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1) ?? 1]);

/** A stack times one matrix: one product, over the rows of all of the stack. */
const timesMatrix = (stack: Tensor, matrix: Tensor, transpose: boolean): Tensor => {
  const columns = matrix.shape.at(transpose ? -2 : -1) ?? 1;
  return tf.reshape(tf.matMul(joined(stack), matrix, false, transpose), [
    ...stack.shape.slice(0, -1),
    columns,
  ]);
};

const isMatrix = ({ rank }: Tensor): boolean => rank === 2;

export const leftOwed: Vjp = ({ dy, at, attributes }) => {
  const [across, down] = flags(attributes);
  const [a, b] = [at('a'), at('b')];
  if (!isMatrix(a) || isMatrix(dy)) {
    return sumTo(across ? tf.matMul(b, dy, down, true) : tf.matMul(dy, b, false, !down), a.shape);
  }
  // One matrix for a whole stack is owed one product, over all columns of the stack.
  const [left, right] = [joined(swapped(dy)), joined(down ? b : swapped(b))];
  return across ? tf.matMul(right, left, true, false) : tf.matMul(left, right, true, false);
};

export const rightOwed: Vjp = ({ dy, at, attributes }) => {
  const [across, down] = flags(attributes);
  const [a, b] = [at('a'), at('b')];
  if (!isMatrix(b) || isMatrix(dy)) {
    return sumTo(down ? tf.matMul(dy, a, true, across) : tf.matMul(a, dy, !across, false), b.shape);
  }
  const [left, right] = [joined(across ? swapped(a) : a), joined(dy)];
  return down ? tf.matMul(right, left, true, false) : tf.matMul(left, right, true, false);
};

/** With the draws left of as many axes as the other operand has. */
const widened = (x: Tensor, rank: number): Tensor => {
  const [draws = 1, ...rest] = x.shape;
  return tf.reshape(x, [draws, ...Array.from({ length: rank - rest.length }, () => 1), ...rest]);
};

const inStacks = ({ at, isBatched, value }: BatchSite, across: boolean, down: boolean): Tensor => {
  const rank = Math.max(value('a').shape.length, value('b').shape.length);
  const wide = (name: 'a' | 'b'): Tensor => (isBatched(name) ? widened(at(name), rank) : at(name));
  return tf.matMul(wide('a'), wide('b'), across, down);
};

/** Against a matrix that all draws share this is one product, over the rows of all draws joined. */
export const batchedProduct: BatchRule = (site) => {
  const { at, isBatched, value, attributes } = site;
  const [across, down] = flags(attributes);
  const shared = (name: string): boolean => !isBatched(name) && value(name).shape.length === 2;
  if (shared('b')) return timesMatrix(across ? swapped(at('a')) : at('a'), at('b'), down);
  if (shared('a')) return swapped(timesMatrix(down ? at('b') : swapped(at('b')), at('a'), !across));
  return inStacks(site, across, down);
};

/** A row of the left, and a column of the right. */
export const productParts = ({ at, attributes }: ReachSite): readonly Labelled[] => {
  const [across, down] = flags(attributes);
  const [a, b] = [at('a'), at('b')];
  const rows = along(a, [a.shape.length - (across ? 2 : 1)]);
  const columns = along(b, [b.shape.length - (down ? 1 : 2)]);
  return [
    reshaped(rows, [...a.shape.slice(0, -2), a.shape.at(across ? -1 : -2) ?? 1, 1]),
    reshaped(columns, [...b.shape.slice(0, -2), 1, b.shape.at(down ? -2 : -1) ?? 1]),
  ];
};

export const productElement: ElementRule = ({ read, value, attributes }, block, index) => {
  const [a, b] = [value('a').shape, value('b').shape];
  const [across, down] = flags(attributes);
  const inner = a.at(across ? -2 : -1) ?? 1;
  const lead = (shape: Shape): readonly Index[] =>
    broadcastIndex(index.slice(0, -2), shape.slice(0, -2));
  const [i = 0, j = 0] = index.slice(-2);
  return block.fold(sum, [inner], ([k = 0], bl) => {
    const left = read(bl, 'a', [...lead(a), ...(across ? [k, i] : [i, k])]);
    const right = read(bl, 'b', [...lead(b), ...(down ? [j, k] : [k, j])]);
    return `${left} * ${right}`;
  });
};

export const batchMatMul: Kernel = {
  name: 'BatchMatMul',
  work: 'product',
  canonical: ({ transposeA, transposeB }) => ({
    transposeA: transposeA === true,
    transposeB: transposeB === true,
  }),
  shape: productShape,
  vjp: { a: leftOwed, b: rightOwed },
  batch: batchedProduct,
  reach: (site) => site.outs.map((out) => overlaid(productParts(site), out)),
  onnx: productInOnnx,
  element: productElement,
};
