/** Where the windows of convolutions lie, in one spelling. */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../../dsl/index.js';
import { sameShape } from '../../../dsl/tensors/shape.js';
import { numbers } from '../../graph/attributes.js';
import { type WindowAxis, type Windows, windowsOf } from '../../graph/windows.js';
import type { Attributes, Inputs, Kernel, ShapeRule, Value } from '../kernel.js';

type Pair = readonly [number, number];

const NONE: Pair = [0, 0];

/** Padding by numbers, with the axes of batch and channels. */
const around = ({ channelsLast }: Windows, pairs: readonly Pair[]): readonly Pair[] =>
  channelsLast ? [NONE, ...pairs, NONE] : [NONE, NONE, ...pairs];

/** Places after the last window are told only where one more window would fit in them. */
const paddingOf = ({ before, after, stride }: WindowAxis): Pair => [
  before,
  -after < stride ? Math.max(0, after) : after,
];

/**
 * Padding from which the number of windows follows without a rule of rounding, which gradients do not know.
 * Names stay, and so do the numbers of three dimensions, where no other spelling is taken.
 */
export const canonicalPadding = (
  kernel: string,
  inputs: Inputs,
  attributes: Attributes,
): unknown => {
  const { pad } = attributes;
  const { dy: _, ...others } = inputs;
  const [windows, told] = [
    windowsOf(kernel, inputs, attributes),
    windowsOf(kernel, others, attributes),
  ];
  const outs = (w: Windows | undefined): Shape => w?.axes.map(({ out }) => out) ?? [];
  const named = typeof pad === 'string' && sameShape(outs(windows), outs(told));
  if (windows === undefined || windows.axes.length > 2 || named || outs(windows).includes(0))
    return pad;
  return around(windows, windows.axes.map(paddingOf));
};

/** The attributes of a convolution or of one of its gradients. */
export const canonicalConvolution =
  (kernel: string): NonNullable<Kernel['canonical']> =>
  (attributes, inputs) => {
    const axes = windowsOf(kernel, inputs, attributes)?.axes ?? [];
    const { dataFormat, inputShape, filterShape } = attributes;
    return {
      strides: axes.map(({ stride }) => stride),
      dilations: axes.map(({ dilation }) => dilation),
      pad: canonicalPadding(kernel, inputs, attributes),
      dataFormat: dataFormat ?? (axes.length === 3 ? 'NDHWC' : 'NHWC'),
      ...(inputShape === undefined ? {} : { inputShape: numbers(inputShape) }),
      ...(filterShape === undefined ? {} : { filterShape: numbers(filterShape) }),
    };
  };

/** Attributes that say where windows lie, without the shapes that gradients are told. */
export const placementIn = ({ strides, dilations, pad, dataFormat }: Attributes): Attributes => ({
  strides,
  dilations,
  pad,
  dataFormat,
});

/** The same windows over images of another order of axes, or of other channels. */
export const placementOver = (
  { axes }: Windows,
  { pad }: Attributes,
  dataFormat: 'NHWC' | 'NDHWC',
): Attributes => ({
  strides: axes.map(({ stride }) => stride),
  dilations: axes.map(({ dilation }) => dilation),
  pad: Array.isArray(pad) ? [NONE, ...axes.map(paddingOf), NONE] : pad,
  dataFormat,
});

const valueOf = (x: Tensor): Value => ({ shape: x.shape, dtype: 'float32' });

/** The windows of a kernel that is given these tensors. */
export const windowsWith = (
  kernel: string,
  inputs: Readonly<Record<string, Tensor>>,
  attributes: Attributes,
): Windows => {
  const values = Object.entries(inputs).map(([name, x]): [string, Value] => [name, valueOf(x)]);
  const windows = windowsOf(kernel, Object.fromEntries(values), attributes);
  if (windows === undefined) throw new Error(`${kernel} has no windows`);
  return windows;
};

/** What windows make of images: as many as there are. */
export const windowedShape =
  (kernel: string): ShapeRule =>
  (inputs, attributes) => {
    const windows = windowsOf(kernel, inputs, attributes);
    const { x } = inputs;
    return windows && x && { shape: windows.outShape, dtype: x.dtype };
  };

/** A shape that an attribute tells. */
export const toldShape =
  (attribute: 'inputShape' | 'filterShape'): ShapeRule =>
  (_, attributes) => ({ shape: numbers(attributes[attribute]), dtype: 'float32' });

export const isDilated = (axes: readonly WindowAxis[]): boolean =>
  axes.some(({ dilation }) => dilation > 1);

/** So many places more, before and after the axes from `first` on; fewer than none cut places off. */
export const framed = (x: Tensor, first: number, pairs: readonly Pair[], fill = 0): Tensor => {
  const all = x.shape.map((_, i): Pair => pairs[i - first] ?? NONE);
  const cut = all.map(([before, after]): Pair => [Math.max(0, -before), Math.max(0, -after)]);
  const sliced = cut.some(([a, b]) => a + b > 0)
    ? tf.slice(
        x,
        cut.map(([before]) => before),
        x.shape.map((n, i) => n - (cut[i]?.[0] ?? 0) - (cut[i]?.[1] ?? 0)),
      )
    : x;
  const more = all.map(([before, after]): [number, number] => [
    Math.max(0, before),
    Math.max(0, after),
  ]);
  return more.some(([a, b]) => a + b > 0) ? tf.pad(sliced, more, fill) : sliced;
};
