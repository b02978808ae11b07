/** Where windows and images meet, as indices of generated code. */
import type { Value } from '../../graph/graph.js';
import { type WindowAxis, type Windows, windowsOf } from '../../graph/windows.js';
import type { Block } from './block.js';
import type { ElementSite } from './element-rule.js';
import { type Index, minus, plus, quotient, remainder, times } from './indexing.js';

/** The windows of a kernel that a rule is written for. */
export const windowsFor = (
  kernel: string,
  { value, inputs, attributes }: Pick<ElementSite, 'value' | 'inputs' | 'attributes'>,
): Windows => {
  const values = Object.fromEntries(inputs.map((name): [string, Value] => [name, value(name)]));
  const windows = windowsOf(kernel, values, attributes);
  if (windows === undefined) throw new Error(`${kernel} has no windows`);
  return windows;
};

/** An index that is written once, however often it is used. */
const named = (block: Block, index: Index): Index =>
  typeof index === 'number' ? index : block.name(index);

/** Code for the places that were found. */
type Then = (block: Block, places: readonly Index[]) => string;

/** One place after the other, each where the one before it was found. */
const each = (
  axes: readonly WindowAxis[],
  block: Block,
  find: (
    axis: WindowAxis,
    i: number,
    block: Block,
    then: (b: Block, place: Index) => string,
  ) => string,
  then: Then,
): string => {
  const from = (i: number, b: Block, places: readonly Index[]): string => {
    const axis = axes[i];
    return axis === undefined
      ? then(b, places)
      : find(axis, i, b, (inner, place) => from(i + 1, inner, [...places, place]));
  };
  return from(0, block, []);
};

/** The place in the image that lies at `tap` of window `out`; `otherwise` where that is padding. */
export const inImage = (
  axes: readonly WindowAxis[],
  block: Block,
  out: readonly Index[],
  tap: readonly Index[],
  then: Then,
  otherwise = '0',
): string =>
  each(
    axes,
    block,
    ({ size, stride, dilation, before, after }, i, b, next) => {
      const covered = plus(times(out[i] ?? 0, stride), times(tap[i] ?? 0, dilation));
      const place = named(b, minus(covered, before));
      const below = (inner: Block): string =>
        after <= 0
          ? next(inner, place)
          : inner.below(
              place,
              size,
              (c) => next(c, place),
              () => otherwise,
            );
      return before <= 0 ? below(b) : b.below(place, 0, () => otherwise, below);
    },
    then,
  );

/** The window that has a place of the image at `tap`; `otherwise` where none has. */
export const ofWindows = (
  axes: readonly WindowAxis[],
  block: Block,
  place: readonly Index[],
  tap: readonly Index[],
  then: Then,
  otherwise = '0',
): string =>
  each(
    axes,
    block,
    ({ out, stride, dilation, before }, i, b, next) => {
      const none = (): string => otherwise;
      const from = named(b, minus(plus(place[i] ?? 0, before), times(tap[i] ?? 0, dilation)));
      const window = quotient(from, stride);
      const below = (inner: Block): string =>
        inner.below(window, out, (c) => next(c, window), none);
      const whole = (inner: Block): string =>
        stride === 1 ? below(inner) : inner.below(remainder(from, stride), 1, below, none);
      return b.below(from, 0, none, whole);
    },
    then,
  );

/** How many places of a window are no padding, as an expression. */
export const countIn = (axes: readonly WindowAxis[], out: readonly Index[]): string => {
  const counts = axes.map(({ size, window, stride, before, after }, i) => {
    if (before <= 0 && after <= 0) return String(window);
    const from = minus(times(out[i] ?? 0, stride), before);
    return typeof from === 'number'
      ? String(Math.min(from + window, size) - Math.max(from, 0))
      : `(Math.min(${from} + ${window}, ${size}) - Math.max(${from}, 0))`;
  });
  return counts.join(' * ');
};
