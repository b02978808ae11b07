/** Pools and their gradients in operators of ONNX, in two and three dimensions. */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { type WindowAxis, type Windows, placesInImage } from '../../graph/windows.js';
import { type Site, type Translation } from '../../code/onnx/builder.js';
import { cast } from '../../code/onnx/casting.js';
import {
  channelsBack,
  channelsFirst,
  placement,
  reached,
  restored,
  sizesReached,
  spread,
  windowsAt,
} from '../../code/onnx/placing.js';
import { reshaped, reversed } from '../../code/onnx/moves.js';

/** The windows of a pool, all of which hold something: ONNX does not know empty ones. */
const poolAt = (site: Site): Windows | undefined => {
  const w = windowsAt(site);
  return w?.axes.every(({ before, after, window }) => before < window && after < window) === true
    ? w
    : undefined;
};

/** Means or maxima, by the operator's name. */
export const pool =
  (op: string): Translation =>
  (site) => {
    const { b, at, out } = site;
    const w = poolAt(site);
    if (w === undefined || out.dtype === 'bool') return undefined;
    // The runtime has no pools of whole numbers; float64 holds them all.
    const given = out.dtype === 'float32' ? at('x') : cast(b, at('x'), 'float64');
    const x = reached(b, channelsFirst(b, given, w), w.axes);
    // No pool has dilations, and the operator for means does not know the word.
    const { dilations: _, ...where } = placement(w.axes);
    const y = channelsBack(b, b.op(op, [x], where), w);
    return out.dtype === 'float32' ? y : cast(b, y, out.dtype);
  };

/** Below it there is −∞ only. */
const LOWEST = -3.4028234663852886e38;

/** The same windows, from the other end of each axis. */
const turned = (a: WindowAxis): WindowAxis => ({ ...a, before: a.after, after: a.before });

/**
 * The gradient of a maximum goes to the first place that has it in two dimensions, and to the last in
 * three, as in TensorFlow.js. The runtime finds the first.
 */
export const maxPoolGrad =
  (last: boolean): Translation =>
  (site) => {
    const { b, at, value } = site;
    const w = poolAt(site);
    if (w === undefined || value('input').dtype !== 'float32') return undefined;
    const axes = last ? w.axes.map(turned) : w.axes;
    const turn = (x: string, sizes: readonly number[]): string =>
      last
        ? reversed(
            b,
            x,
            [0, 0, ...sizes],
            sizes.map((_, i) => i + 2),
          )
        : x;
    const inSizes = axes.map(({ size }) => size);
    const x = reached(b, turn(channelsFirst(b, at('input'), w), inSizes), axes);
    const [y = '', found = ''] = b.opMany('MaxPool', [x], placement(axes), 2);
    // A window without a number above −∞ has no place, and no gradient.
    const has = b.op('Greater', [y, b.scalar(LOWEST)]);
    const places = b.op('Where', [has, found, b.constant('int64', [], [0])]);
    const given = turn(
      channelsFirst(b, at('dy'), w),
      axes.map(({ out }) => out),
    );
    const dy = b.op('Where', [has, given, b.scalar(0)]);
    const flat = b.ints([-1]);
    const shape = [...shapeFirst(w).slice(0, 2), ...sizesReached(axes)];
    const zeros = b.op('Expand', [b.scalar(0), b.ints([sizeOf(shape)])]);
    const sums = b.op(
      'ScatterElements',
      [zeros, b.op('Reshape', [places, flat]), b.op('Reshape', [dy, flat])],
      { reduction: { text: 'add' } },
    );
    return channelsBack(b, turn(restored(b, reshaped(b, sums, shape), axes), inSizes), w);
  };

const shapeFirst = ({ inShape, axes, channelsLast }: Windows): readonly number[] => [
  inShape[0] ?? 1,
  inShape.at(channelsLast ? -1 : 1) ?? 1,
  ...axes.map(({ size }) => size),
];

/** One over the size of each window: the factor with which a mean's gradient goes to each place. */
const shares = (axes: readonly WindowAxis[]): readonly number[] =>
  axes
    .map(placesInImage)
    .reduce<readonly number[]>((all, along) => all.flatMap((n) => along.map((m) => n * m)), [1])
    .map((n) => 1 / n);

/**
 * The gradient of a mean over the places that are no padding, as the forward kernel takes it.
 * TensorFlow.js's own kernels divide by the whole window here, padding and all, which is the
 * gradient of another function.
 */
export const avgPoolGrad: Translation = (site) => {
  const { b, at } = site;
  const w = poolAt(site);
  if (w === undefined) return undefined;
  const outs = w.axes.map((a) => a.out);
  const windows = w.axes.map((a) => a.window);
  const shared = b.op('Mul', [
    channelsFirst(b, at('dy'), w),
    b.constant('float32', outs, shares(w.axes)),
  ]);
  const ones = b.op('Expand', [b.scalar(1), b.ints([1, 1, ...windows])]);
  const images = b.op('Reshape', [shared, b.ints([-1, 1, ...outs])]);
  const sums = b.op('ConvTranspose', [images, ones], placement(w.axes));
  return channelsBack(b, reshaped(b, spread(b, sums, w.axes), shapeFirst(w)), w);
};
