/** One number at every place of a shape. */
import { numberOf, numbers } from '../../graph/attributes.js';
import { literal } from '../../code/javascript/block.js';
import type { Kernel } from '../kernel.js';

export const fill: Kernel = {
  name: 'Fill',
  shape: (_, { shape, dtype, value }) => {
    const given = dtype ?? (typeof value === 'number' ? 'float32' : undefined);
    return given === 'float32' || given === 'int32' || given === 'bool'
      ? { shape: numbers(shape), dtype: given }
      : undefined;
  },
  vjp: 'zero',
  // It has no inputs that draws could reach.
  batch: 'elementwise',
  element: ({ attributes }) => literal(numberOf(attributes['value'], 0)),
};
