/** Running products along an axis. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import { type Translation, int } from '../../code/onnx/builder.js';
import { converted } from '../../code/onnx/casting.js';
import type { Vjp } from '../kernel.js';
import { product } from './elements.js';
import { type Running, running, runningOf } from './running.js';

/** What comes `steps` later along the axis, in the order in which it is run through; zero beyond the end. */
const later = (x: Tensor, { axis, reverse }: Running, steps: number): Tensor => {
  const taken = x.shape.map((n, i) => (i === axis ? n - steps : n));
  const begin = x.shape.map((_, i) => (i === axis && !reverse ? steps : 0));
  const around = x.shape.map((_, i): [number, number] => {
    if (i !== axis) return [0, 0];
    return reverse ? [steps, 0] : [0, steps];
  });
  return tf.pad(tf.slice(x, begin, taken), around);
};

/**
 * dxᵢ = (Π_{j<i} xⱼ) rᵢ with rᵢ = dyᵢ + xᵢ₊₁ rᵢ₊₁, a recurrence that is solved by doubling: after a step of
 * length s, rᵢ has the terms of the next 2s places. Nothing is divided by, so zeros do no harm.
 */
const vjp: Vjp = ({ dy, at, attributes }) => {
  const x = at('x');
  const along = runningOf(attributes);
  const { axis, exclusive, reverse } = along;
  const count = x.shape[axis] ?? 0;
  if (x.size === 0) return tf.zerosLike(x);
  let rest = exclusive ? later(dy, along, 1) : dy;
  let factor = later(x, along, 1);
  for (let step = 1; step < count; step *= 2) {
    rest = tf.add(rest, tf.mul(factor, later(rest, along, step)));
    if (2 * step < count) factor = tf.mul(factor, later(factor, along, step));
  }
  return tf.mul(tf.cumprod(x, axis, true, reverse), rest);
};

/** ONNX has no running product: it is written out, a node an element, up to this many. */
const MOST_FACTORS = 1024;

const onnx: Translation = ({ b, at, value, out, attributes }) => {
  const { shape, dtype } = value('x');
  const { axis, exclusive, reverse } = runningOf(attributes);
  const count = shape[axis] ?? 0;
  if (count > MOST_FACTORS) return undefined;
  const turned = <A>(list: readonly A[]): readonly A[] => (reverse ? list.toReversed() : list);
  const x = converted(b, at('x'), dtype, out.dtype);
  if (sizeOf(shape) === 0) return b.op('Identity', [x]);
  const sizes = b.ints(Array.from({ length: count }, () => 1));
  const parts = b.opMany('Split', [x, sizes], { axis: int(axis) }, count);
  const one = b.constant(out.dtype, [], [1]);
  const products = [b.op('Expand', [one, b.ints(shape.with(axis, 1))])];
  for (const part of turned(parts)) {
    const [last = ''] = products.slice(-1);
    products.push(products.length === 1 ? part : b.op('Mul', [last, part]));
  }
  const kept = exclusive ? products.slice(0, -1) : products.slice(1);
  return b.op('Concat', turned(kept), { axis: int(axis) });
};

const element: ElementRule = ({ read, value, attributes }, block, index) => {
  const { axis, exclusive, reverse } = runningOf(attributes);
  const i = index[axis] ?? 0;
  const compare = `${reverse ? '>' : '<'}${exclusive ? '' : '='}`;
  return block.fold(product, [value('x').shape[axis] ?? 1], ([k = 0], b) =>
    b.name(`(${k} ${compare} ${i} ? ${read(b, 'x', index.with(axis, k))} : 1)`),
  );
};

export const cumprod = running('Cumprod', { x: vjp }, { onnx, element });
