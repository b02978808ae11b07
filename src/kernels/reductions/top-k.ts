/** The k largest elements of each row, the largest first, and where they are. */
import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { numberOf } from '../../graph/attributes.js';
import { sum } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import { type Index, flatten } from '../../code/javascript/indexing.js';
import { blockIn, nest } from '../../code/javascript/loop-block.js';
import type { WholeRule } from '../../code/javascript/whole-rule.js';
import type { Translation } from '../../code/onnx/builder.js';
import { cast } from '../../code/onnx/casting.js';
import { call } from '../call.js';
import type { Kernel, ShapeRule, Vjp } from '../kernel.js';

const shape: ShapeRule = ({ x }, { k }) => {
  if (x === undefined) return undefined;
  const taken = [...x.shape.slice(0, -1), numberOf(k, 1)];
  return [
    { shape: taken, dtype: x.dtype },
    { shape: taken, dtype: 'int32' },
  ];
};

/** Each value is owed to the place that it was taken from. */
const vjp: Vjp = ({ dy, at, outputs, attributes }) => {
  const x = at('x');
  const k = numberOf(attributes['k'], 1);
  const [, places] = outputs;
  if (places === undefined || places.size === 0) return tf.zerosLike(x);
  const rows = sizeOf(x.shape.slice(0, -1));
  const width = x.shape.at(-1) ?? 1;
  const starts = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(width, 'int32'));
  const flat = tf.add(tf.reshape(places, [rows, k]), tf.reshape(starts, [rows, 1]));
  const owed = tf.reshape(dy, [rows * k]);
  const segmentIds = tf.reshape(flat, [rows * k]);
  const all = call('UnsortedSegmentSum', { x: owed, segmentIds }, { numSegments: rows * width });
  return tf.reshape(all, x.shape);
};

const onnx: Translation = ({ b, at, value, attributes }) => {
  const k = numberOf(attributes['k'], 1);
  if (value('x').dtype === 'bool' || k === 0) return undefined;
  const [values = '', indices = ''] = b.opMany('TopK', [at('x'), b.ints([k])], {}, 2);
  return [values, cast(b, indices, 'int32')];
};

/** The element that has as many before it: larger ones, and equal ones to the left of it. */
const element: ElementRule = ({ read, value, part }, block, index) => {
  const extents = value('x').shape.slice(-1);
  const [lead, rank = 0] = [index.slice(0, -1), index.at(-1)];
  return block.fold(sum, extents, ([i = 0], outer) => {
    const x = read(outer, 'x', [...lead, i]);
    const before = outer.fold(sum, extents, ([k = 0], inner) => {
      const y = read(inner, 'x', [...lead, k]);
      return inner.name(`(${y} > ${x} || (${y} === ${x} && ${k} < ${i}) ? 1 : 0)`);
    });
    return outer.name(`(${before} === ${rank} ? ${part === 0 ? x : i} : 0)`);
  });
};

/** Each row's places put in order. */
const whole: WholeRule = ({ read, value, out, part, doubles, store }, code) => {
  const { shape: all } = value('x');
  const count = all.at(-1) ?? 1;
  const [row, order] = [doubles(count), doubles(count)];
  const along = (length: number, body: (i: Index) => void): void =>
    nest(code, [length], ([i = 0]) => body(i));
  nest(code, all.slice(0, -1), (lead) => {
    along(count, (i) => {
      const x = read(blockIn(code), 'x', [...lead, i]);
      code.lines.push(`${row}[${i}] = ${x};`, `${order}[${i}] = ${i};`);
    });
    code.lines.push(`${order}.sort((i, k) => ${row}[k] - ${row}[i] || i - k);`);
    along(out.shape.at(-1) ?? 0, (i) => {
      const place = `${order}[${i}]`;
      store(flatten([...lead, i], out.shape), part === 0 ? `${row}[${place}]` : place);
    });
  });
};

export const topK: Kernel = {
  name: 'TopK',
  work: 'sort',
  canonical: ({ k, sorted }) => ({ k: numberOf(k, 1), sorted: sorted !== false }),
  shape,
  vjp: { x: vjp },
  batch: ({ at, again, attributes }) => again({ x: at('x') }, attributes),
  onnx,
  element,
  whole,
};
