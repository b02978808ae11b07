/**
 * Convolutions whose filters take all channels, in two and three dimensions: y = x ∗ f is linear in both, and so
 * are its two gradients, so that the derivative of each of the three is another of them.
 */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../../dsl/index.js';
import { swapped } from '../../../dsl/numerics/matrices/factors.js';
import { call } from '../call.js';
import type { Attributes } from '../kernel.js';
import { withChannelsLast } from './layout.js';
import { framed, isDilated, windowsWith } from './placement.js';

/** The three kernels of some dimension. */
export interface Family {
  readonly forward: 'Conv2D' | 'Conv3D';
  readonly byInput: 'Conv2DBackpropInput' | 'Conv3DBackpropInputV2';
  readonly byFilter: 'Conv2DBackpropFilter' | 'Conv3DBackpropFilterV2';
  readonly format: 'NHWC' | 'NDHWC';
}

export const inPlane: Family = {
  forward: 'Conv2D',
  byInput: 'Conv2DBackpropInput',
  byFilter: 'Conv2DBackpropFilter',
  format: 'NHWC',
};

export const inSpace: Family = {
  forward: 'Conv3D',
  byInput: 'Conv3DBackpropInputV2',
  byFilter: 'Conv3DBackpropFilterV2',
  format: 'NDHWC',
};

export const convolve = (
  { forward }: Family,
  x: Tensor,
  filter: Tensor,
  placement: Attributes,
): Tensor => call(forward, { x, filter }, placement);

/**
 * Backends know the gradient by the input of windows without dilation alone. That of dilated ones, which have
 * strides of 1, is a convolution by the filter from its other end.
 */
export const byInput = (
  family: Family,
  dy: Tensor,
  filter: Tensor,
  inputShape: Shape,
  placement: Attributes,
): Tensor => {
  const attributes = { ...placement, inputShape };
  const { axes, channelsLast } = windowsWith(family.byInput, { dy, filter }, attributes);
  if (!isDilated(axes)) return call(family.byInput, { dy, filter }, attributes);
  const space = axes.map((_, i) => i);
  const frame = axes.map(({ window, dilation, before, after }): [number, number] => [
    (window - 1) * dilation - before,
    (window - 1) * dilation - after,
  ]);
  return convolve(
    family,
    framed(dy, channelsLast ? 1 : 2, frame),
    swapped(tf.reverse(filter, space)),
    { ...placement, pad: 'valid' },
  );
};

/**
 * The gradient by the filter. That of dilated windows is the convolution of x by dy, batch and channels having
 * changed places so that the sum is over the batch, and strides and dilations too.
 */
export const byFilter = (
  family: Family,
  x: Tensor,
  dy: Tensor,
  filterShape: Shape,
  placement: Attributes,
): Tensor => {
  const attributes = { ...placement, filterShape };
  const windows = windowsWith(family.byFilter, { x, dy }, attributes);
  const { axes, channelsLast } = windows;
  if (!isDilated(axes)) return call(family.byFilter, { x, dy }, attributes);
  const space = axes.map((_, i) => i + 1);
  const frame = axes.map(({ before, after }): [number, number] => [before, after]);
  const images = framed(withChannelsLast(x, channelsLast), 1, frame);
  const gradients = withChannelsLast(dy, channelsLast);
  const last = axes.length + 1;
  const sums = convolve(
    family,
    tf.transpose(images, [last, ...space, 0]),
    tf.transpose(gradients, [...space, 0, last]),
    {
      strides: axes.map(({ dilation }) => dilation),
      dilations: axes.map(({ stride }) => stride),
      pad: 'valid',
      dataFormat: family.format,
    },
  );
  return tf.transpose(sums, [...space, 0, last]);
};
