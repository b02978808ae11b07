/** Stacks of matrices, multiplied; either operand may be transposed, and the stacks broadcast. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { broadcast, sizeOf } from '../../../dsl/shape.js';
import type { BatchRule, Kernel, ShapeRule, Vjp } from '../kernel.js';
import { sumTo } from '../sum-to.js';

const flags = (attributes: Readonly<Record<string, unknown>>): readonly [boolean, boolean] => [
  attributes['transposeA'] === true,
  attributes['transposeB'] === true,
];

const shape: ShapeRule = ({ a, b }, attributes) => {
  if (a === undefined || b === undefined) return undefined;
  const [across, down] = flags(attributes);
  const stacks = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const rows = a.shape.at(across ? -1 : -2) ?? 1;
  const columns = b.shape.at(down ? -2 : -1) ?? 1;
  return stacks && { shape: [...stacks, rows, columns], dtype: a.dtype };
};

const left: Vjp = ({ dy, at, attributes }) => {
  const [across, down] = flags(attributes);
  const [a, b] = [at('a'), at('b')];
  return sumTo(across ? tf.matMul(b, dy, down, true) : tf.matMul(dy, b, false, !down), a.shape);
};

const right: Vjp = ({ dy, at, attributes }) => {
  const [across, down] = flags(attributes);
  const [a, b] = [at('a'), at('b')];
  return sumTo(down ? tf.matMul(dy, a, true, across) : tf.matMul(a, dy, !across, false), b.shape);
};

const swapped = (x: Tensor): Tensor => {
  const { rank } = x;
  return tf.transpose(
    x,
    Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i)),
  );
};

/** With the draws left of as many axes as the other operand has. */
const widened = (x: Tensor, rank: number): Tensor => {
  const [draws = 1, ...rest] = x.shape;
  return tf.reshape(x, [draws, ...Array.from({ length: rank - rest.length }, () => 1), ...rest]);
};

/** Against a matrix that all draws share this is one product, over the rows of all draws joined. */
const batch: BatchRule = ({ at, isBatched, value, attributes, outs, size }) => {
  const [across, down] = flags(attributes);
  const [ranks, out] = [
    { a: value('a').shape.length, b: value('b').shape.length },
    outs[0]?.shape ?? [],
  ];
  if (isBatched('a') && !isBatched('b') && ranks.b === 2) {
    const rows = across ? swapped(at('a')) : at('a');
    const inner = rows.shape.at(-1) ?? 1;
    const joined = tf.reshape(rows, [sizeOf(rows.shape.slice(0, -1)), inner]);
    return tf.reshape(tf.matMul(joined, at('b'), false, down), [size, ...out]);
  }
  const rank = Math.max(ranks.a, ranks.b);
  const wide = (name: 'a' | 'b'): Tensor => (isBatched(name) ? widened(at(name), rank) : at(name));
  return tf.matMul(wide('a'), wide('b'), across, down);
};

export const batchMatMul: Kernel = {
  name: 'BatchMatMul',
  canonical: ({ transposeA, transposeB }) => ({
    transposeA: transposeA === true,
    transposeB: transposeB === true,
  }),
  shape,
  vjp: { a: left, b: right },
  batch,
};
