/** Where along one axis the largest or smallest element is. */
import { axisIn, numberOf } from '../../compile/attributes.js';
import type { Kernel } from '../kernel.js';

/** The first of those that tie. */
export const position = (name: string): Kernel => ({
  name,
  work: 'fold',
  canonical: ({ axis }, { x }) => ({ axis: axisIn(axis, x?.shape ?? []) }),
  shape: ({ x }, { axis }) =>
    x && { shape: x.shape.toSpliced(axisIn(axis, x.shape), 1), dtype: 'int32' },
  vjp: 'zero',
  batch: ({ at, again, attributes }) =>
    again({ x: at('x') }, { axis: numberOf(attributes['axis'], 0) + 1 }),
});
