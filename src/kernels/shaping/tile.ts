/** Copies of an array beside each other along its axes; broadcasting to a larger shape is one of these too. */
import * as tf from '@tensorflow/tfjs';
import { numbers } from '../../graph/attributes.js';
import { remainder } from '../../code/javascript/indexing.js';
import type { Kernel, Vjp } from '../kernel.js';

/** The copies of each element are added up. */
const vjp: Vjp = ({ dy, at, attributes }) => {
  const { shape } = at('x');
  const reps = numbers(attributes['reps']);
  // Copies get an axis of their own only where there are some, since backends have few axes.
  const split = shape.map((n, i): readonly number[] => {
    const times = reps[i] ?? 1;
    return times === 1 ? [n] : n === 1 ? [times] : [times, n];
  });
  const starts = split.map((_, i) => split.slice(0, i).flat().length);
  const copies = starts.filter((_, i) => (reps[i] ?? 1) !== 1);
  if (copies.length === 0) return dy;
  return tf.reshape(tf.sum(tf.reshape(dy, split.flat()), copies), shape);
};

export const tile: Kernel = {
  name: 'Tile',
  work: 'move',
  canonical: ({ reps }) => ({ reps: numbers(reps) }),
  shape: ({ x }, { reps }) =>
    x && { shape: x.shape.map((n, i) => n * (numbers(reps)[i] ?? 1)), dtype: x.dtype },
  vjp: { x: vjp },
  batch: ({ at, again, attributes }) =>
    again({ x: at('x') }, { reps: [1, ...numbers(attributes['reps'])] }),
  onnx: ({ b, at, attributes }) => b.op('Tile', [at('x'), b.ints(numbers(attributes['reps']))]),
  element: ({ read, value }, block, index) => {
    const { shape } = value('x');
    return read(
      block,
      'x',
      index.map((i, axis) => remainder(i, shape[axis] ?? 1)),
    );
  },
};
