/** What running sums and products along an axis have in common: from one end or the other, with the element itself or without. */
import { axisIn, numberOf } from '../../graph/attributes.js';
import type { Attributes, Kernel } from '../kernel.js';

export interface Running {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

export const runningOf = (attributes: Attributes): Running => ({
  axis: numberOf(attributes['axis'], 0),
  exclusive: attributes['exclusive'] === true,
  reverse: attributes['reverse'] === true,
});

export const running = (
  name: string,
  vjp: Kernel['vjp'],
  written: Pick<Kernel, 'onnx' | 'element' | 'whole'>,
): Kernel => ({
  ...written,
  name,
  work: 'lines',
  canonical: (attributes, { x }) => ({
    ...runningOf(attributes),
    axis: axisIn(attributes['axis'], x?.shape ?? []),
  }),
  // Truth values are counted as whole numbers.
  shape: ({ x }) => x && { shape: x.shape, dtype: x.dtype === 'bool' ? 'int32' : x.dtype },
  vjp,
  batch: ({ at, again, attributes }) => {
    const { axis, ...rest } = runningOf(attributes);
    return again({ x: at('x') }, { ...rest, axis: axis + 1 });
  },
});
