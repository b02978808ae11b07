/** Windows as ONNX places them: channels before space, and padding that is never negative. */
import type { OnnxAttribute } from './model.js';
import { type WindowAxis, type Windows, windowsOf } from '../../graph/windows.js';
import { type Builder, type Site, ints } from './builder.js';
import { transposed } from './moves.js';

/** How many places along an axis are in some window. */
const reach = ({ size, before, after }: WindowAxis): number =>
  size + Math.min(0, before) + Math.min(0, after);

/** The windows of a site; nothing where there is none, or where all are padding. */
export const windowsAt = ({ kernel, inputs, attributes }: Site): Windows | undefined => {
  const windows = windowsOf(kernel, inputs, attributes);
  if (windows === undefined || windows.inShape.includes(0)) return undefined;
  return windows.axes.every((a) => a.out > 0 && reach(a) > 0) ? windows : undefined;
};

/** The numbers from 2 on, one for each spatial axis. */
const space = ({ axes }: Windows): readonly number[] => axes.map((_, i) => i + 2);

/** From TensorFlow.js's order of axes to ONNX's: batch, channels, space. */
export const channelsFirst = (b: Builder, x: string, w: Windows): string =>
  w.channelsLast ? transposed(b, x, [0, w.axes.length + 1, ...space(w).map((i) => i - 1)]) : x;

/** From either order to TensorFlow.js's own. */
export const channelsLast = (b: Builder, x: string, w: Windows): string =>
  w.channelsLast ? x : transposed(b, x, [0, ...space(w), 1]);

/** From ONNX's order to that of the site. */
export const channelsBack = (b: Builder, x: string, w: Windows): string =>
  w.channelsLast ? transposed(b, x, [0, ...space(w), 1]) : x;

/** With channels in the place of the batch, and the batch in theirs. */
export const channelsAsBatch = (b: Builder, x: string, w: Windows): string =>
  w.channelsLast
    ? transposed(b, x, [w.axes.length + 1, 0, ...space(w).map((i) => i - 1)])
    : transposed(b, x, [1, 0, ...space(w)]);

const padding = (axes: readonly WindowAxis[]): OnnxAttribute =>
  ints([
    ...axes.map(({ before }) => Math.max(0, before)),
    ...axes.map(({ after }) => Math.max(0, after)),
  ]);

/** How an operator is told where its windows lie. */
export const placement = (
  axes: readonly WindowAxis[],
): Readonly<Record<string, OnnxAttribute>> => ({
  kernel_shape: ints(axes.map(({ window }) => window)),
  strides: ints(axes.map(({ stride }) => stride)),
  dilations: ints(axes.map(({ dilation }) => dilation)),
  pads: padding(axes),
});

/** Zeros around the spatial axes, the first of which is given; fewer than none cut places off. */
const padded = (
  b: Builder,
  x: string,
  first: 1 | 2,
  before: readonly number[],
  after: readonly number[],
): string => {
  if ([...before, ...after].every((n) => n === 0)) return x;
  const [left, right] = first === 1 ? [[0], [0]] : [[0, 0], []];
  return b.op('Pad', [x, b.ints([...left, ...before, ...right, ...left, ...after, ...right])]);
};

/** What is to be cut off, where an operator would find room for other windows than there are. */
const excess = (axes: readonly WindowAxis[]): readonly (readonly [number, number])[] =>
  axes.map(({ before, after, stride }) =>
    before < 0 || -after >= stride ? [Math.min(0, before), Math.min(0, after)] : [0, 0],
  );

/** Channels first, the places that windows reach, and more only where they do no harm. */
export const reached = (b: Builder, x: string, axes: readonly WindowAxis[]): string =>
  padded(
    b,
    x,
    2,
    excess(axes).map(([before]) => before),
    excess(axes).map(([, after]) => after),
  );

/** How many places along each axis `reached` leaves. */
export const sizesReached = (axes: readonly WindowAxis[]): readonly number[] =>
  axes.map(({ size }, i) => {
    const [before, after] = excess(axes)[i] ?? [0, 0];
    return size + before + after;
  });

/** Zeros where `reached` cut something off: its gradient. */
export const restored = (b: Builder, x: string, axes: readonly WindowAxis[]): string =>
  padded(
    b,
    x,
    2,
    excess(axes).map(([before]) => -before),
    excess(axes).map(([, after]) => -after),
  );

/** Channels first, zeros in all places that no window reaches. */
export const spread = (b: Builder, x: string, axes: readonly WindowAxis[]): string =>
  padded(
    b,
    x,
    2,
    axes.map((a) => Math.max(0, -a.before)),
    axes.map((a) => Math.max(0, -a.after)),
  );

/** Channels last, all that windows cover and nothing else, padding too. */
export const framed = (b: Builder, x: string, axes: readonly WindowAxis[]): string =>
  padded(
    b,
    x,
    1,
    axes.map(({ before }) => before),
    axes.map(({ after }) => after),
  );
