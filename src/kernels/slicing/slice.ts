/** The elements of a block. */
import * as tf from '@tensorflow/tfjs';
import { numberOf, numbers } from '../../graph/attributes.js';
import { plus } from '../../code/javascript/indexing.js';
import type { Attributes, Kernel, Value, Vjp } from '../kernel.js';

/** Where the block begins and how long it is along every axis. */
const blockOf = (
  { begin, size }: Attributes,
  { shape }: Value,
): { readonly begin: readonly number[]; readonly size: readonly number[] } => {
  const [starts, sizes] = [numbers(begin), numbers(size)];
  const from = shape.map((_, i) => starts[i] ?? 0);
  return {
    begin: from,
    size: shape.map((n, i) => {
      const length = numberOf(sizes[i], -1);
      return length < 0 ? n - (from[i] ?? 0) : length;
    }),
  };
};

const vjp: Vjp = ({ dy, at, attributes }) => {
  const x = at('x');
  if (dy.size === 0) return tf.zerosLike(x);
  const begin = numbers(attributes['begin']);
  return tf.pad(
    dy,
    x.shape.map((n, i): [number, number] => {
      const before = begin[i] ?? 0;
      return [before, n - before - (dy.shape[i] ?? 0)];
    }),
  );
};

export const slice: Kernel = {
  name: 'Slice',
  work: 'move',
  canonical: (attributes, { x }) => ({
    ...blockOf(attributes, x ?? { shape: [], dtype: 'float32' }),
  }),
  shape: ({ x }, attributes) => x && { shape: blockOf(attributes, x).size, dtype: x.dtype },
  vjp: { x: vjp },
  batch: ({ at, size, again, attributes }) =>
    again(
      { x: at('x') },
      {
        begin: [0, ...numbers(attributes['begin'])],
        size: [size, ...numbers(attributes['size'])],
      },
    ),
  onnx: ({ b, at, attributes, out }) => {
    const begin = numbers(attributes['begin']);
    const end = begin.map((n, i) => n + (out.shape[i] ?? 0));
    return b.op('Slice', [at('x'), b.ints(begin), b.ints(end)]);
  },
  element: ({ read, attributes }, block, index) => {
    const begin = numbers(attributes['begin']);
    return read(
      block,
      'x',
      index.map((i, axis) => plus(i, begin[axis] ?? 0)),
    );
  },
};
