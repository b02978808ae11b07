/** Π x over some axes. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import type { Kernel, Vjp } from '../kernel.js';
import { axesIn, batchedReduction, canonicalAxes, reducedReach, reducedShape } from './axes.js';
import { folded, product } from './elements.js';
import { reduced } from './onnx.js';

const columns = (x: Tensor, from: number, count: number): Tensor =>
  tf.slice(x, [0, from], [-1, count]);

/**
 * For each element of a row the product of the others, [rows, n], by halves: those of a pair are the product
 * of the other pairs and its other half. Nothing is divided by, so zeros do no harm, in derivatives of it neither.
 */
const productOfOthers = (x: Tensor): Tensor => {
  const [, n = 1] = x.shape;
  if (n <= 1) return tf.onesLike(x);
  const half = Math.floor(n / 2);
  const [left, right] = [columns(x, 0, half), columns(x, half, half)];
  const odd = n % 2 === 1;
  const pairs = tf.mul(left, right);
  const rest = productOfOthers(odd ? tf.concat([pairs, columns(x, n - 1, 1)], 1) : pairs);
  const others = columns(rest, 0, half);
  return tf.concat(
    [tf.mul(others, right), tf.mul(others, left), ...(odd ? [columns(rest, half, 1)] : [])],
    1,
  );
};

const vjp: Vjp = (site) => {
  const x = site.at('x');
  if (x.size === 0) return tf.zerosLike(x);
  const axes = axesIn(site, 'axis');
  const kept = x.shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
  const order = [...kept, ...axes];
  const sizes = order.map((axis) => x.shape[axis] ?? 1);
  const rows = sizeOf(sizes.slice(0, kept.length));
  const inRows = tf.reshape(tf.transpose(x, order), [rows, sizeOf(sizes.slice(kept.length))]);
  const owed = tf.mul(tf.reshape(site.dy, [rows, 1]), productOfOthers(inRows));
  return tf.transpose(
    tf.reshape(owed, sizes),
    order.map((_, axis) => order.indexOf(axis)),
  );
};

export const prod: Kernel = {
  name: 'Prod',
  work: 'fold',
  canonical: canonicalAxes('axis'),
  shape: reducedShape('axis'),
  vjp: { x: vjp },
  batch: batchedReduction('axis'),
  reach: reducedReach('axis'),
  onnx: (site) => reduced(site, 'ReduceProd', site.at('x')),
  element: folded(product),
};
