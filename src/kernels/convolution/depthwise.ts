/**
 * Convolutions whose filters take one channel each: channel c has the results c·M … c·M + M − 1. As channels keep
 * apart, draws of both operands are more channels.
 */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../../dsl/index.js';
import { numbers } from '../../graph/attributes.js';
import { call } from '../call.js';
import type { Attributes, BatchRule, BatchSite, Kernel } from '../kernel.js';
import { eachImage } from '../reach.js';
import { convolved, convolvedByFilter, convolvedByInput } from './elements.js';
import { joined, parted, timesAt } from './layout.js';
import { depthwise as written } from './onnx.js';
import {
  canonicalConvolution,
  framed,
  isDilated,
  placementIn,
  toldShape,
  windowedShape,
  windowsWith,
} from './placement.js';

const FORWARD = 'DepthwiseConv2dNative';
const BY_INPUT = 'DepthwiseConv2dNativeBackpropInput';
const BY_FILTER = 'DepthwiseConv2dNativeBackpropFilter';

const convolve = (x: Tensor, filter: Tensor, placement: Attributes): Tensor =>
  call(FORWARD, { x, filter }, placement);

/** Backends know the gradients of windows without dilation alone; others are convolutions of their own. */
const byInput = (dy: Tensor, filter: Tensor, inputShape: Shape, placement: Attributes): Tensor => {
  const attributes = { ...placement, inputShape };
  const { axes } = windowsWith(BY_INPUT, { dy, filter }, attributes);
  if (!isDilated(axes)) return call(BY_INPUT, { dy, filter }, attributes);
  const frame = axes.map(({ window, dilation, before, after }): [number, number] => [
    (window - 1) * dilation - before,
    (window - 1) * dilation - after,
  ]);
  const [high = 1, wide = 1, channels = 1, many = 1] = filter.shape;
  const turned = tf.reshape(tf.reverse(filter, [0, 1]), [high, wide, channels * many, 1]);
  const all = convolve(framed(dy, 1, frame), turned, { ...placement, pad: 'valid' });
  return tf.sum(tf.reshape(all, [...inputShape.slice(0, -1), channels, many]), -1);
};

/** Dilated: each channel of each image is convolved by its part of dy, and the images are added up. */
const byFilter = (x: Tensor, dy: Tensor, filterShape: Shape, placement: Attributes): Tensor => {
  const attributes = { ...placement, filterShape };
  const { axes } = windowsWith(BY_FILTER, { x, dy }, attributes);
  if (!isDilated(axes)) return call(BY_FILTER, { x, dy }, attributes);
  const frame = axes.map(({ before, after }): [number, number] => [before, after]);
  const framedX = framed(x, 1, frame);
  const [images = 1, height = 1, width = 1, channels = 1] = framedX.shape;
  const [high = 1, wide = 1, , many = 1] = filterShape;
  const [, rows = 1, columns = 1] = dy.shape;
  const from = tf.reshape(tf.transpose(framedX, [1, 2, 3, 0]), [
    1,
    height,
    width,
    channels * images,
  ]);
  const by = tf.transpose(tf.reshape(dy, [images, rows, columns, channels, many]), [1, 2, 3, 0, 4]);
  const sums = convolve(from, tf.reshape(by, [rows, columns, channels * images, many]), {
    ...placement,
    strides: axes.map(({ dilation }) => dilation),
    dilations: axes.map(({ stride }) => stride),
    pad: 'valid',
  });
  return tf.sum(tf.reshape(sums, [high, wide, channels, images, many]), 3);
};

/** Images and filters with the draws among the channels. */
const asChannels = ({ spread, value }: BatchSite, input: string): Tensor =>
  joined(spread(input), value(input).shape.length - (input === 'filter' ? 2 : 1));

const forward: BatchRule = (site) => {
  const { at, isBatched, again, size } = site;
  if (!isBatched('filter')) {
    return again({ x: joined(at('x'), 0), filter: at('filter') }).map((y) => parted(y, 0, size));
  }
  const inputs = { x: asChannels(site, 'x'), filter: asChannels(site, 'filter') };
  return again(inputs).map((y) => parted(y, 3, size));
};

const inputGradient: BatchRule = (site) => {
  const { at, isBatched, again, attributes, size } = site;
  const shape = numbers(attributes['inputShape']);
  const told = (axis: number): Attributes => ({
    ...attributes,
    inputShape: timesAt(shape, axis, size),
  });
  if (!isBatched('filter')) {
    const made = again({ dy: joined(at('dy'), 0), filter: at('filter') }, told(0));
    return made.map((dx) => parted(dx, 0, size));
  }
  const inputs = { dy: asChannels(site, 'dy'), filter: asChannels(site, 'filter') };
  return again(inputs, told(3)).map((dx) => parted(dx, 3, size));
};

const filterGradient: BatchRule = (site) => {
  const { again, attributes, size } = site;
  const filterShape = timesAt(numbers(attributes['filterShape']), 2, size);
  const inputs = { x: asChannels(site, 'x'), dy: asChannels(site, 'dy') };
  return again(inputs, { ...attributes, filterShape }).map((df) => parted(df, 2, size));
};

export const depthwise: Kernel = {
  name: FORWARD,
  work: 'windows',
  canonical: canonicalConvolution(FORWARD),
  shape: windowedShape(FORWARD),
  vjp: {
    x: ({ dy, at, attributes }) =>
      byInput(dy, at('filter'), at('x').shape, placementIn(attributes)),
    filter: ({ dy, at, attributes }) =>
      byFilter(at('x'), dy, at('filter').shape, placementIn(attributes)),
  },
  batch: forward,
  reach: eachImage('x'),
  onnx: written.forward,
  element: convolved(FORWARD, true),
};

export const depthwiseByInput: Kernel = {
  name: BY_INPUT,
  work: 'windows',
  canonical: canonicalConvolution(BY_INPUT),
  shape: toldShape('inputShape'),
  vjp: {
    dy: ({ dy: direction, at, attributes }) =>
      convolve(direction, at('filter'), placementIn(attributes)),
    filter: ({ dy: direction, at, attributes }) =>
      byFilter(direction, at('dy'), at('filter').shape, placementIn(attributes)),
  },
  batch: inputGradient,
  reach: eachImage('dy'),
  onnx: written.byInput,
  element: convolvedByInput(BY_INPUT, true),
};

export const depthwiseByFilter: Kernel = {
  name: BY_FILTER,
  work: 'windows',
  canonical: canonicalConvolution(BY_FILTER),
  shape: toldShape('filterShape'),
  vjp: {
    x: ({ dy: direction, at, attributes }) =>
      byInput(at('dy'), direction, at('x').shape, placementIn(attributes)),
    dy: ({ dy: direction, at, attributes }) =>
      convolve(at('x'), direction, placementIn(attributes)),
  },
  batch: filterGradient,
  onnx: written.byFilter,
  element: convolvedByFilter(BY_FILTER, true),
};
