/** The windows of pools, in one spelling. */
import { windowsOf } from '../../graph/windows.js';
import { canonicalPadding } from '../convolution/placement.js';
import type { Kernel, ShapeRule } from '../kernel.js';

/** The attributes of a pool or of its gradient. Backends take other padding in three dimensions than in two. */
export const canonicalPool =
  (kernel: string): NonNullable<Kernel['canonical']> =>
  (attributes, inputs) => {
    const axes = windowsOf(kernel, inputs, attributes)?.axes ?? [];
    return {
      filterSize: axes.map(({ window }) => window),
      strides: axes.map(({ stride }) => stride),
      pad: canonicalPadding(kernel, inputs, attributes),
      ...(axes.length === 3
        ? { dimRoundingMode: attributes['dimRoundingMode'], dataFormat: 'NDHWC' }
        : {}),
    };
  };

/** The gradient by the images has their shape. */
export const imagesShape: ShapeRule = ({ input }) =>
  input && { shape: input.shape, dtype: 'float32' };
