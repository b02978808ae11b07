/** The same elements in another order, shape or number. */
import type { Shape } from '../../../../dsl/index.js';
import { axesOf, axisOf, numberOf, numbers, pairs } from '../../attributes.js';
import { stridedSliceOf } from '../../../kernels/slicing/strided-slice.js';
import { type Builder, type Site, type Translation, int, ints } from '../builder.js';

/** A value in another shape. */
export const reshaped = (b: Builder, x: string, shape: Shape): string =>
  b.op('Reshape', [x, b.ints(shape)], shape.includes(0) ? { allowzero: int(1) } : {});

/** A value with its axes in another order. */
export const transposed = (b: Builder, x: string, perm: readonly number[]): string =>
  b.op('Transpose', [x], { perm: ints(perm) });

const reshape: Translation = ({ b, all, out }) => reshaped(b, all[0] ?? '', out.shape);

/** Before the first element, for steps that go backwards. */
const BEFORE_ALL = -(2 ** 31);

/** A value with the order of its elements turned around along some axes. */
export const reversed = (b: Builder, x: string, shape: Shape, axes: readonly number[]): string => {
  if (axes.length === 0) return b.op('Identity', [x]);
  return b.op('Slice', [
    x,
    b.ints(axes.map((a) => (shape[a] ?? 1) - 1)),
    b.ints(axes.map(() => BEFORE_ALL)),
    b.ints(axes),
    b.ints(axes.map(() => -1)),
  ]);
};

/** Parts along an axis, one after another; those of `Unpack` lose the axis. */
const parts =
  (source: string): Translation =>
  ({ b, at, value, attributes, outs }) => {
    const { shape: whole } = value(source);
    const axis = axisOf(attributes['axis'], whole);
    let from = 0;
    return outs.map(({ shape }) => {
      const keeps = shape.length === whole.length;
      const to = from + (keeps ? (shape[axis] ?? 1) : 1);
      const part = b.op('Slice', [at(source), b.ints([from]), b.ints([to]), b.ints([axis])]);
      from = to;
      return keeps ? part : reshaped(b, part, shape);
    });
  };

const slice: Translation = ({ b, at, attributes, out }) => {
  const begin = numbers(attributes['begin']);
  const end = begin.map((n, i) => n + (out.shape[i] ?? 0));
  return b.op('Slice', [at('x'), b.ints(begin), b.ints(end)]);
};

const stridedSlice: Translation = ({ b, at, value, attributes, out }) => {
  const { begin, end, strides } = stridedSliceOf(value('x').shape, attributes);
  const ranges = begin.map((from, i): readonly [number, number, number] => {
    const [to = 0, step = 1] = [end[i], strides[i]];
    // Where nothing is taken, a range that runs backwards may begin before all.
    if ((to - from) * step <= 0) return [0, 0, 1];
    return [from, to < 0 ? BEFORE_ALL : to, step];
  });
  const taken = b.op('Slice', [
    at('x'),
    b.ints(ranges.map(([from]) => from)),
    b.ints(ranges.map(([, to]) => to)),
    b.ints(ranges.map((_, i) => i)),
    b.ints(ranges.map(([, , step]) => step)),
  ]);
  return reshaped(b, taken, out.shape);
};

/** A value with constants around it. */
/** A value with more around it. */
export const padded = (
  { b }: Site,
  x: string,
  padding: readonly (readonly [number, number])[],
  constant: string,
): string =>
  b.op('Pad', [x, b.ints([...padding.map(([n]) => n), ...padding.map(([, n]) => n)]), constant]);

const pad: Translation = (site) => {
  const { b, at, attributes, out } = site;
  const constant = b.constant(out.dtype, [], [numberOf(attributes['constantValue'], 0)]);
  return padded(site, at('x'), pairs(attributes['paddings']), constant);
};

/** ONNX reflects without the edge only, so both modes gather along each axis. */
const mirrorPad: Translation = ({ b, at, value, attributes }) => {
  const offset = attributes['mode'] === 'reflect' ? 0 : 1;
  return pairs(attributes['paddings']).reduce((x, [before, after], axis) => {
    if (before === 0 && after === 0) return x;
    const size = value('x').shape[axis] ?? 1;
    const source = Array.from({ length: before + size + after }, (_, i) => {
      const place = i - before;
      if (place < 0) return -place - offset;
      return place < size ? place : 2 * (size - 1) - place + offset;
    });
    return b.op('Gather', [x, b.ints(source)], { axis: int(axis) });
  }, at('x'));
};

const pack: Translation = ({ b, all, attributes, out }) => {
  const axis = axisOf(attributes['axis'], out.shape);
  return b.op(
    'Concat',
    all.map((x) => b.op('Unsqueeze', [x, b.ints([axis])])),
    { axis: int(axis) },
  );
};

export const shaping: Readonly<Record<string, Translation>> = {
  Concat: ({ b, all, attributes, out }) =>
    b.op('Concat', all, { axis: int(axisOf(attributes['axis'], out.shape)) }),
  ExpandDims: reshape,
  FlipLeftRight: (site) => reversed(site.b, site.at('image'), site.out.shape, [2]),
  MirrorPad: mirrorPad,
  Pack: pack,
  PadV2: pad,
  Reshape: reshape,
  Reverse: (site) =>
    reversed(site.b, site.at('x'), site.out.shape, axesOf(site.attributes['dims'], site.out.shape)),
  Slice: slice,
  SplitV: parts('x'),
  StridedSlice: stridedSlice,
  Tile: ({ b, at, attributes }) => b.op('Tile', [at('x'), b.ints(numbers(attributes['reps']))]),
  Transpose: ({ b, at, attributes }) => transposed(b, at('x'), numbers(attributes['perm'])),
  Unpack: parts('value'),
};
