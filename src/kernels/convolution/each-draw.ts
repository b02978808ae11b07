/**
 * Convolutions of which images and filters both differ from draw to draw. No backend has groups of filters, so the
 * windows are put side by side as rows of a matrix, and each draw's rows are multiplied by its filter, all as one
 * stack of products.
 */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../../dsl/index.js';
import type { Attributes } from '../kernel.js';
import { type Family, byInput, convolve } from './dense.js';
import { channelsBack, withChannelsLast } from './layout.js';
import { placementOver, windowsWith } from './placement.js';

const identity = (window: Shape): Tensor => {
  const size = window.reduce((a, b) => a * b, 1);
  const ones = Float32Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
  return tf.tensor(ones, [...window, 1, size]);
};

const product = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/** How windows are put side by side, channel by channel: as a convolution by filters of one place each. */
const side = (
  family: Family,
  kernel: string,
  inputs: Readonly<Record<string, Tensor>>,
  a: Attributes,
) => {
  const windows = windowsWith(kernel, inputs, a);
  const { axes, inShape, channelsLast } = windows;
  return {
    channelsLast,
    placement: placementOver(windows, a, family.format),
    window: axes.map(({ window }) => window),
    sizes: axes.map(({ size }) => size),
    outs: axes.map(({ out }) => out),
    channels: (channelsLast ? inShape.at(-1) : inShape[1]) ?? 1,
  };
};

type Side = ReturnType<typeof side>;

/** [images, …, C] as the rows of their windows: [images, windows, C · places]. */
const rowsOf = (family: Family, x: Tensor, s: Side): Tensor => {
  const images = x.shape[0] ?? 1;
  const [channels, places, windows] = [s.channels, product(s.window), product(s.outs)];
  const rank = x.rank;
  const apart = s.channelsLast
    ? tf.transpose(x, [0, rank - 1, ...s.sizes.map((_, i) => i + 1)])
    : x;
  const one = tf.reshape(apart, [images * channels, ...s.sizes, 1]);
  const found = convolve(family, one, identity(s.window), s.placement);
  const byChannel = tf.reshape(found, [images, channels, windows, places]);
  return tf.reshape(tf.transpose(byChannel, [0, 2, 1, 3]), [images, windows, channels * places]);
};

/** The adjoint: rows added where they were taken from. */
const sumsOf = (family: Family, rows: Tensor, s: Side): Tensor => {
  const images = rows.shape[0] ?? 1;
  const [channels, places, windows] = [s.channels, product(s.window), product(s.outs)];
  const byChannel = tf.transpose(
    tf.reshape(rows, [images, windows, channels, places]),
    [0, 2, 1, 3],
  );
  const dy = tf.reshape(byChannel, [images * channels, ...s.outs, places]);
  const shape = [images * channels, ...s.sizes, 1];
  const sums = byInput(family, dy, identity(s.window), shape, s.placement);
  const back = tf.reshape(sums, [images, channels, ...s.sizes]);
  return s.channelsLast ? tf.transpose(back, [0, ...s.sizes.map((_, i) => i + 2), 1]) : back;
};

/** Filters of each draw as matrices: [draws, C · places, results]. */
const matrices = (filters: Tensor): Tensor => {
  const [draws = 1, ...shape] = filters.shape;
  const [channels = 1, results = 1] = shape.slice(-2);
  const places = product(shape.slice(0, -2));
  const apart = tf.reshape(filters, [draws, places, channels, results]);
  return tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), [draws, channels * places, results]);
};

/** Images of each draw, in one batch. */
const inOneBatch = (x: Tensor): Tensor => {
  const [draws = 1, images = 1, ...shape] = x.shape;
  return tf.reshape(x, [draws * images, ...shape]);
};

const ofDraws = (x: Tensor, draws: number): Tensor => {
  const [all = 1, ...shape] = x.shape;
  return tf.reshape(x, [draws, all / draws, ...shape]);
};

/** The first of some draws. */
const first = (x: Tensor): Tensor => tf.reshape(tf.slice(x, [0], [1]), x.shape.slice(1));

/** The rows of all images of a draw: [draws, images · windows, n], and the same of what they are multiplied to. */
const asRows = (x: Tensor, draws: number): Tensor => {
  const last = x.shape.at(-1) ?? 1;
  return tf.reshape(x, [draws, x.size / (draws * last), last]);
};

/** Each draw's images by its own filters. */
export const convolveEach = (
  family: Family,
  x: Tensor,
  filters: Tensor,
  placement: Attributes,
): Tensor => {
  const [draws = 1] = filters.shape;
  const images = inOneBatch(x);
  const s = side(family, family.forward, { x: images, filter: first(filters) }, placement);
  const sums = tf.matMul(asRows(rowsOf(family, images, s), draws), matrices(filters));
  const results = filters.shape.at(-1) ?? 1;
  const made = tf.reshape(sums, [images.shape[0] ?? 1, ...s.outs, results]);
  return ofDraws(channelsBack(made, s.channelsLast), draws);
};

/** The gradient of the same by the images. */
export const byInputEach = (
  family: Family,
  dy: Tensor,
  filters: Tensor,
  inputShape: Shape,
  placement: Attributes,
): Tensor => {
  const [draws = 1] = filters.shape;
  const given = inOneBatch(dy);
  const shape = inputShape.with(0, draws * (inputShape[0] ?? 1));
  const s = side(
    family,
    family.byInput,
    { dy: given, filter: first(filters) },
    { ...placement, inputShape: shape },
  );
  const right = asRows(withChannelsLast(given, s.channelsLast), draws);
  const rows = tf.matMul(right, matrices(filters), false, true);
  const apart = tf.reshape(rows, [shape[0] ?? 1, product(s.outs), s.channels * product(s.window)]);
  return ofDraws(sumsOf(family, apart, s), draws);
};

/** The gradient of the same by the filters. */
export const byFilterEach = (
  family: Family,
  x: Tensor,
  dy: Tensor,
  filterShape: Shape,
  placement: Attributes,
): Tensor => {
  const [draws = 1] = x.shape;
  const [images, given] = [inOneBatch(x), inOneBatch(dy)];
  const s = side(family, family.byFilter, { x: images, dy: given }, { ...placement, filterShape });
  const left = asRows(rowsOf(family, images, s), draws);
  const right = asRows(withChannelsLast(given, s.channelsLast), draws);
  const sums = tf.matMul(left, right, true, false);
  const results = filterShape.at(-1) ?? 1;
  const apart = tf.reshape(sums, [draws, s.channels, product(s.window), results]);
  return tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), [draws, ...filterShape]);
};
