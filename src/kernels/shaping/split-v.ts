/** An array cut into parts along an axis. */
import * as tf from '@tensorflow/tfjs';
import { axisIn, numberOf, numbers } from '../../graph/attributes.js';
import { plus } from '../../code/javascript/indexing.js';
import type { Attributes, Kernel, Value } from '../kernel.js';
import { partsOf } from './parts.js';

/** The axis and how long each part is along it; one length may be left to be worked out, or all of them. */
const cutsOf = (
  { axis, numOrSizeSplits }: Attributes,
  { shape }: Value,
): { readonly axis: number; readonly sizes: readonly number[] } => {
  const at = axisIn(axis, shape);
  const length = shape[at] ?? 1;
  if (typeof numOrSizeSplits === 'number') {
    const size = length / numOrSizeSplits;
    return { axis: at, sizes: Array.from({ length: numOrSizeSplits }, () => size) };
  }
  const given = numbers(numOrSizeSplits);
  const left = given.reduce((rest, size) => (size === -1 ? rest : rest - size), length);
  return { axis: at, sizes: given.map((size) => (size === -1 ? left : size)) };
};

export const splitV: Kernel = {
  name: 'SplitV',
  work: 'move',
  canonical: (attributes, { x }) => {
    const { axis, sizes } = cutsOf(attributes, x ?? { shape: [], dtype: 'float32' });
    return { axis, numOrSizeSplits: sizes };
  },
  shape: ({ x }, attributes) => {
    if (x === undefined) return undefined;
    const { axis, sizes } = cutsOf(attributes, x);
    return sizes.map((size) => ({ shape: x.shape.with(axis, size), dtype: x.dtype }));
  },
  vjp: { x: ({ dys, attributes }) => tf.concat([...dys], numberOf(attributes['axis'], 0)) },
  batch: ({ at, again, attributes }) =>
    again({ x: at('x') }, { ...attributes, axis: numberOf(attributes['axis'], 0) + 1 }),
  onnx: partsOf('x'),
  element: ({ read, attributes, outs, part }, block, index) => {
    const axis = numberOf(attributes['axis'], 0);
    const start = outs.slice(0, part).reduce((n, o) => n + (o.shape[axis] ?? 0), 0);
    return read(block, 'x', index.with(axis, plus(index[axis] ?? 0, start)));
  },
};
