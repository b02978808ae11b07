/** Convolutions and their gradients in operators of ONNX, in two and three dimensions. */
import { type WindowAxis, type Windows, placesIn } from '../../graph/windows.js';
import { type Site, type Translation, int } from '../../code/onnx/builder.js';
import { isLong, longProduct } from '../../code/onnx/long-sums.js';
import {
  channelsAsBatch,
  channelsBack,
  channelsFirst,
  channelsLast,
  framed,
  placement,
  reached,
  spread,
  windowsAt,
} from '../../code/onnx/placing.js';
import { reshaped, transposed } from '../../code/onnx/moves.js';
import { finishedInOnnx } from '../fused.js';

const spaceOf = (rank: number): readonly number[] => Array.from({ length: rank - 2 }, (_, i) => i);

const channelsOf = (w: Windows): number => w.inShape.at(w.channelsLast ? -1 : 1) ?? 1;

/**
 * The gradient by filters that take all channels: the windows side by side as rows of a matrix, and
 * one product with the gradients. Convolving x with dy says the same, and is slower for large images.
 */
const byWholeFilter = ({ b, at, value, out }: Site, w: Windows): string => {
  const { axes } = w;
  const space = axes.map((_, i) => i + 1);
  const x = framed(b, channelsLast(b, at('x'), w), axes);
  const parts = placesIn(axes).map((place) => {
    const begin = axes.map(({ dilation }, i) => (place[i] ?? 0) * dilation);
    const end = axes.map((a, i) => (begin[i] ?? 0) + (a.out - 1) * a.stride + 1);
    const strides = axes.map(({ stride }) => stride);
    return b.op('Slice', [x, b.ints(begin), b.ints(end), b.ints(space), b.ints(strides)]);
  });
  const [channels = 1, count = 1] = out.shape.slice(-2);
  const rows = value('dy').shape.reduce((n, m) => n * m, 1) / count;
  const windows = b.op('Concat', parts, { axis: int(axes.length + 1) });
  const left = reshaped(b, windows, [rows, parts.length * channels]);
  const right = reshaped(b, channelsLast(b, at('dy'), w), [rows, count]);
  const m = parts.length * channels;
  const sums = isLong({ m, n: count, inner: rows })
    ? longProduct(b, {
        a: left,
        b: right,
        transposeA: true,
        transposeB: false,
        m,
        n: count,
        inner: rows,
      })
    : b.op('Gemm', [left, right], { transA: int(true) });
  return reshaped(b, sums, out.shape);
};

/**
 * The gradient by filters that take one channel each: x convolved with dy, batch and channels having
 * changed places so that the sum is over the batch. Strides and dilations change places too.
 */
const byChannelFilter = ({ b, at }: Site, w: Windows): string => {
  const axes = w.axes.map((a): WindowAxis => ({
    ...a,
    window: a.out,
    out: a.window,
    stride: a.dilation,
    dilation: a.stride,
  }));
  const channels = channelsOf(w);
  // In these shapes 0 keeps a size, and −1 is what is left.
  const kept = axes.map(() => 0);
  const x = reached(b, channelsAsBatch(b, at('x'), w), axes);
  const images = b.op('Reshape', [x, b.ints([1, -1, ...kept])]);
  const group = int(channels);
  const sums = b.op('Conv', [images, channelsAsBatch(b, at('dy'), w)], {
    ...placement(axes),
    group,
  });
  const filters = b.op('Reshape', [sums, b.ints([channels, -1, ...kept])]);
  return transposed(b, filters, [...axes.map((_, i) => i + 2), 0, 1]);
};

/** How channels go together: all with all, or each on its own. */
interface Form {
  readonly groups: (windows: Windows) => number;
  /** The filters as [out, in of a group, ...space]. */
  readonly filters: (site: Site) => string;
  readonly byFilter: (site: Site, windows: Windows) => string;
}

const together: Form = {
  groups: () => 1,
  filters: ({ b, at, inputs }) => {
    const rank = inputs['filter']?.shape.length ?? 0;
    return transposed(b, at('filter'), [rank - 1, rank - 2, ...spaceOf(rank)]);
  },
  byFilter: byWholeFilter,
};

const apart: Form = {
  groups: channelsOf,
  filters: ({ b, at, inputs }) => {
    const shape = inputs['filter']?.shape ?? [];
    const rank = shape.length;
    const [channels = 1, multiplier = 1] = shape.slice(-2);
    const x = transposed(b, at('filter'), [rank - 2, rank - 1, ...spaceOf(rank)]);
    return reshaped(b, x, [channels * multiplier, 1, ...shape.slice(0, -2)]);
  },
  byFilter: byChannelFilter,
};

const windowsFor = (site: Site, form: Form): Windows | undefined => {
  const windows = windowsAt(site);
  // TensorFlow.js takes channels for space here, whatever it is told.
  return form === apart && site.attributes['dataFormat'] === 'NCHW' ? undefined : windows;
};

const convolution = (site: Site, form: Form): string | undefined => {
  const { b, at } = site;
  const w = windowsFor(site, form);
  if (w === undefined) return undefined;
  const x = reached(b, channelsFirst(b, at('x'), w), w.axes);
  const group = int(form.groups(w));
  const y = b.op('Conv', [x, form.filters(site)], { ...placement(w.axes), group });
  return channelsBack(b, y, w);
};

/** The gradient by the input, which is also the transposed convolution. */
const byInput = (site: Site, form: Form): string | undefined => {
  const { b, at } = site;
  const w = windowsFor(site, form);
  if (w === undefined) return undefined;
  const dy = channelsFirst(b, at('dy'), w);
  const group = int(form.groups(w));
  const dx = b.op('ConvTranspose', [dy, form.filters(site)], { ...placement(w.axes), group });
  return channelsBack(b, spread(b, dx, w.axes), w);
};

const byFilter = (site: Site, form: Form): string | undefined => {
  const w = windowsFor(site, form);
  return w && form.byFilter(site, w);
};

/** How a kernel is written, its channels going together in this form. */
const kernel =
  (write: (site: Site, form: Form) => string | undefined, form: Form): Translation =>
  (site) =>
    write(site, form);

const fused =
  (form: Form): Translation =>
  (site) => {
    const sums = site.attributes['dataFormat'] === 'NCHW' ? undefined : convolution(site, form);
    return sums === undefined ? undefined : finishedInOnnx(site, sums);
  };

export const dense = {
  forward: kernel(convolution, together),
  byInput: kernel(byInput, together),
  byFilter: kernel(byFilter, together),
  fused: fused(together),
};

export const depthwise = {
  forward: kernel(convolution, apart),
  byInput: kernel(byInput, apart),
  byFilter: kernel(byFilter, apart),
  fused: fused(apart),
};
