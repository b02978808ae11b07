/**
 * Where the windows of convolutions and pools lie: TensorFlow.js's own arithmetic of strides and
 * padding, one form for every kernel that has windows.
 */
import * as tf from '@tensorflow/tfjs';
import type { Shape } from '../../dsl/index.js';
import { numbers, pairs } from './attributes.js';
import type { Value } from './graph.js';
import type { Attributes, Inputs } from './shape-rule.js';

/**
 * Windows along one axis: number o of `out` covers the places o·stride − before + t·dilation for
 * 0 ≤ t < `window`, those outside 0 … `size` − 1 being padding. Both paddings may be negative:
 * places that no window reaches.
 */
export interface WindowAxis {
  readonly size: number;
  readonly out: number;
  readonly window: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

export interface Windows {
  readonly axes: readonly WindowAxis[];
  readonly inShape: Shape;
  readonly outShape: Shape;
  /** Whether channels are the last axis; they are the second where they are not. */
  readonly channelsLast: boolean;
}

const two = (attribute: unknown): [number, number] => {
  const [a = 1, b = a] = numbers(attribute);
  return [a, b];
};

const three = (attribute: unknown): [number, number, number] => {
  const [a = 1, b = a, c = a] = numbers(attribute);
  return [a, b, c];
};

const four = ([a = 1, b = 1, c = 1, d = 1]: Shape): [number, number, number, number] => [
  a,
  b,
  c,
  d,
];

const five = ([a = 1, b = 1, c = 1, d = 1, e = 1]: Shape): [
  number,
  number,
  number,
  number,
  number,
] => [a, b, c, d, e];

const paddingOf = (attribute: unknown): number | 'same' | 'valid' =>
  attribute === 'same' || typeof attribute === 'number' ? attribute : 'valid';

const padding2D = (
  attribute: unknown,
): number | 'same' | 'valid' | tf.backend_util.ExplicitPadding => {
  if (!Array.isArray(attribute)) return paddingOf(attribute);
  const all = pairs(attribute);
  const at = (i: number): [number, number] => {
    const [before = 0, after = 0] = all[i] ?? [];
    return [before, after];
  };
  return [at(0), at(1), at(2), at(3)];
};

const roundingOf = (attribute: unknown): 'floor' | 'round' | 'ceil' | undefined =>
  attribute === 'floor' || attribute === 'round' || attribute === 'ceil' ? attribute : undefined;

/** The padding after is what the last window reaches, so that it says the same as `out`. */
const axis = (
  size: number,
  out: number,
  window: number,
  stride: number,
  dilation: number,
  before: number,
): WindowAxis => ({
  size,
  out,
  window,
  stride,
  dilation,
  before,
  after: (out - 1) * stride + (window - 1) * dilation + 1 - size - before,
});

const of2D = (w: tf.backend_util.Conv2DInfo): Windows => ({
  inShape: w.inShape,
  outShape: w.outShape,
  channelsLast: w.dataFormat === 'channelsLast',
  axes: [
    axis(w.inHeight, w.outHeight, w.filterHeight, w.strideHeight, w.dilationHeight, w.padInfo.top),
    axis(w.inWidth, w.outWidth, w.filterWidth, w.strideWidth, w.dilationWidth, w.padInfo.left),
  ],
});

const of3D = (w: tf.backend_util.Conv3DInfo): Windows => ({
  inShape: w.inShape,
  outShape: w.outShape,
  channelsLast: w.dataFormat === 'channelsLast',
  axes: [
    axis(w.inDepth, w.outDepth, w.filterDepth, w.strideDepth, w.dilationDepth, w.padInfo.front),
    axis(w.inHeight, w.outHeight, w.filterHeight, w.strideHeight, w.dilationHeight, w.padInfo.top),
    axis(w.inWidth, w.outWidth, w.filterWidth, w.strideWidth, w.dilationWidth, w.padInfo.left),
  ],
});

/** The shape of an input or, where a gradient has none, of the attribute that stands for it. */
const shapeOr = (value: Value | undefined, attribute: unknown): Shape =>
  value?.shape ?? numbers(attribute);

const convolution2D =
  (depthwise: boolean) =>
  ({ x, filter }: Inputs, a: Attributes): Windows =>
    of2D(
      tf.backend_util.computeConv2DInfo(
        four(shapeOr(x, a['inputShape'])),
        four(shapeOr(filter, a['filterShape'])),
        two(a['strides']),
        two(a['dilations']),
        padding2D(a['pad']),
        roundingOf(a['dimRoundingMode']),
        depthwise,
        a['dataFormat'] === 'NCHW' ? 'channelsFirst' : 'channelsLast',
      ),
    );

const convolution3D = ({ x, filter }: Inputs, a: Attributes): Windows =>
  of3D(
    tf.backend_util.computeConv3DInfo(
      five(shapeOr(x, a['inputShape'])),
      five(shapeOr(filter, a['filterShape'])),
      three(a['strides']),
      three(a['dilations']),
      paddingOf(a['pad']),
    ),
  );

const pool2D = ({ x, input }: Inputs, a: Attributes): Windows =>
  of2D(
    tf.backend_util.computePool2DInfo(
      four(shapeOr(x ?? input, undefined)),
      two(a['filterSize']),
      two(a['strides']),
      1,
      padding2D(a['pad']),
      roundingOf(a['dimRoundingMode']),
    ),
  );

const pool3D = ({ x, input }: Inputs, a: Attributes): Windows =>
  of3D(
    tf.backend_util.computePool3DInfo(
      five(shapeOr(x ?? input, undefined)),
      three(a['filterSize']),
      three(a['strides']),
      1,
      paddingOf(a['pad']),
      roundingOf(a['dimRoundingMode']),
    ),
  );

const kinds: Readonly<Record<string, (inputs: Inputs, attributes: Attributes) => Windows>> = {
  Conv2D: convolution2D(false),
  FusedConv2D: convolution2D(false),
  Conv2DBackpropInput: convolution2D(false),
  Conv2DBackpropFilter: convolution2D(false),
  DepthwiseConv2dNative: convolution2D(true),
  FusedDepthwiseConv2D: convolution2D(true),
  DepthwiseConv2dNativeBackpropInput: convolution2D(true),
  DepthwiseConv2dNativeBackpropFilter: convolution2D(true),
  Conv3D: convolution3D,
  Conv3DBackpropInputV2: convolution3D,
  Conv3DBackpropFilterV2: convolution3D,
  MaxPool: pool2D,
  AvgPool: pool2D,
  MaxPoolGrad: pool2D,
  AvgPoolGrad: pool2D,
  MaxPool3D: pool3D,
  AvgPool3D: pool3D,
  AvgPool3DGrad: pool3D,
  MaxPool3DGrad: pool3D,
};

/**
 * The windows of a kernel, if it has any. Those of a gradient are as many as it is given gradients
 * for: TensorFlow.js forgets on the way back how the forward kernel rounded their number.
 */
export const windowsOf = (
  kernel: string,
  inputs: Inputs,
  attributes: Attributes,
): Windows | undefined => {
  const windows = kinds[kernel]?.(inputs, attributes);
  const { dy } = inputs;
  if (windows === undefined || dy === undefined) return windows;
  const first = windows.channelsLast ? 1 : 2;
  return {
    ...windows,
    outShape: dy.shape,
    axes: windows.axes.map((w, i) =>
      axis(w.size, dy.shape[first + i] ?? w.out, w.window, w.stride, w.dilation, w.before),
    ),
  };
};

/** Every place within a window, along all its axes. */
export const placesIn = (axes: readonly WindowAxis[]): readonly (readonly number[])[] =>
  axes.reduce<readonly (readonly number[])[]>(
    (all, { window }) =>
      all.flatMap((place) => Array.from({ length: window }, (_, t) => [...place, t])),
    [[]],
  );

/** How many places of each window along an axis are no padding. */
export const placesInImage = ({
  size,
  out,
  window,
  stride,
  dilation,
  before,
}: WindowAxis): readonly number[] =>
  Array.from({ length: out }, (_, o) => {
    const places = Array.from({ length: window }, (_t, t) => o * stride - before + t * dilation);
    return places.filter((place) => place >= 0 && place < size).length;
  });
