/** For each index a row with one number at its place and another elsewhere. */
import { numberOf } from '../../compile/attributes.js';
import type { DType } from '../../compile/graph.js';
import type { Kernel } from '../kernel.js';

const typeOf = (dtype: unknown): DType =>
  dtype === 'float32' || dtype === 'bool' ? dtype : 'int32';

export const oneHot: Kernel = {
  name: 'OneHot',
  work: 'move',
  canonical: ({ depth, onValue, offValue, dtype }) => ({
    depth: numberOf(depth, 1),
    onValue: numberOf(onValue, 1),
    offValue: numberOf(offValue, 0),
    dtype: typeOf(dtype),
  }),
  shape: ({ indices }, { depth, dtype }) =>
    indices && { shape: [...indices.shape, numberOf(depth, 1)], dtype: typeOf(dtype) },
  vjp: 'zero',
  batch: ({ at, again, attributes }) => again({ indices: at('indices') }, attributes),
};
