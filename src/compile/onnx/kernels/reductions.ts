/** What many numbers along an axis come to: one number, as many again, or the largest of them. */
import { sizeOf } from '../../../../dsl/shape.js';
import { axesOf, axisOf, numberOf } from '../../attributes.js';
import { type Site, type Translation, int } from '../builder.js';
import { cast, converted } from '../casting.js';
import { FEW_TERMS, around, isLongSum, longSum, onesOf, runsOf } from '../long-sums.js';
import { reshaped } from './shaping.js';

const axesOfSite = ({ value, attributes }: Site): readonly number[] =>
  axesOf(attributes['axis'] ?? attributes['reductionIndices'], value('x').shape);

/** A reduction of something that stands for x. */
const reduced = (site: Site, op: string, x: string): string => {
  const { b, attributes } = site;
  const axes = axesOfSite(site);
  if (axes.length === 0) return b.op('Identity', [x]);
  return b.op(op, [x, b.ints(axes)], { keepdims: int(attributes['keepDims'] === true) });
};

/** Fewer rows than this are added up as fast by the reduction. */
const MANY_ROWS = 8;

/** Rows added up as a product with ones, which the runtime does at twice the speed. */
const sumOfRows = (site: Site): string | undefined => {
  const { b, at, value, out } = site;
  const { shape, dtype } = value('x');
  const [rows = 0] = shape;
  const fits = shape.length === 2 && dtype === 'float32' && rows >= MANY_ROWS;
  if (!fits || axesOfSite(site).join() !== '0') return undefined;
  return reshaped(b, b.op('Gemm', [onesOf(b, rows), at('x')]), out.shape);
};

/** The sum of float32, in stages where it is long. */
const sumInStages = (site: Site, x: string): string | undefined => {
  const { b, out } = site;
  const { shape } = site.value('x');
  const axes = axesOfSite(site);
  const terms = sizeOf(axes.map((axis) => shape[axis] ?? 1));
  const runs = runsOf(axes);
  const long = runs.some((run) => isLongSum(around(shape, run)));
  if ((!long && !(runs.length > 1 && terms > FEW_TERMS)) || sizeOf(shape) === 0) return undefined;
  // The last run first, so that the axes before it keep their numbers.
  const [sum] = runs.reduce<readonly [string, readonly number[]]>(
    ([so, left], run) => {
      const three = around(left, run);
      const rest = left.filter((_, axis) => !run.includes(axis));
      const next = isLongSum(three)
        ? longSum(b, so, three)
        : b.op('ReduceSum', [reshaped(b, so, left), b.ints(run)], { keepdims: int(false) });
      return [next, rest];
    },
    [x, shape],
  );
  return reshaped(b, sum, out.shape);
};

const sum: Translation = (site) => {
  const x = site.at('x');
  const staged = site.out.dtype === 'float32' ? sumInStages(site, x) : undefined;
  return staged ?? sumOfRows(site) ?? reduced(site, 'ReduceSum', x);
};

const mean: Translation = (site) => {
  const { b, at, value } = site;
  const { shape, dtype } = value('x');
  const x = converted(b, at('x'), dtype, 'float32');
  const staged = sumInStages(site, x);
  if (staged === undefined) return reduced(site, 'ReduceMean', x);
  const terms = sizeOf(axesOfSite(site).map((axis) => shape[axis] ?? 1));
  return b.op('Div', [staged, b.scalar(terms)]);
};

const hasNothing = (site: Site): boolean => sizeOf(site.value('x').shape) === 0;

/** A reduction that has a value where there is nothing to reduce. */
const total =
  (op: string): Translation =>
  (site) =>
    reduced(site, op, site.at('x'));

/** Truth values in the order of 0 and 1. */
const ordered = ({ b, at, value }: Site): string =>
  value('x').dtype === 'bool' ? cast(b, at('x'), 'int32') : at('x');

/** One that has none. */
const extreme =
  (op: string): Translation =>
  (site) => {
    if (hasNothing(site)) return undefined;
    const found = reduced(site, op, ordered(site));
    return site.out.dtype === 'bool' ? cast(site.b, found, 'bool') : found;
  };

const position =
  (op: string): Translation =>
  (site) => {
    const { b, value, attributes } = site;
    if (hasNothing(site)) return undefined;
    const axis = int(axisOf(attributes['axis'], value('x').shape));
    return cast(b, b.op(op, [ordered(site)], { axis, keepdims: int(0) }), 'int32');
  };

const cumsum: Translation = ({ b, at, value, out, attributes }) => {
  const { shape, dtype } = value('x');
  const axis = b.constant('int64', [], [axisOf(attributes['axis'], shape)]);
  const x = converted(b, at('x'), dtype, out.dtype);
  const real = out.dtype === 'float32';
  // In float32 each sum would be as far off as all before it together.
  const sums = b.op('CumSum', [real ? cast(b, x, 'float64') : x, axis], {
    exclusive: int(attributes['exclusive'] === true),
    reverse: int(attributes['reverse'] === true),
  });
  return real ? cast(b, sums, 'float32') : sums;
};

/** ONNX has no running product: it is written out, a node an element, up to this many. */
const MOST_FACTORS = 1024;

const cumprod: Translation = ({ b, at, value, out, attributes }) => {
  const { shape, dtype } = value('x');
  const axis = axisOf(attributes['axis'], shape);
  const count = shape[axis] ?? 0;
  if (count > MOST_FACTORS) return undefined;
  const turned = <A>(list: readonly A[]): readonly A[] =>
    attributes['reverse'] === true ? list.toReversed() : list;
  const x = converted(b, at('x'), dtype, out.dtype);
  if (sizeOf(shape) === 0) return b.op('Identity', [x]);
  const sizes = b.ints(Array.from({ length: count }, () => 1));
  const parts = b.opMany('Split', [x, sizes], { axis: int(axis) }, count);
  const one = b.constant(out.dtype, [], [1]);
  const shapeOfPart = shape.map((n, i) => (i === axis ? 1 : n));
  const products = [b.op('Expand', [one, b.ints(shapeOfPart)])];
  for (const part of turned(parts)) {
    const [last = ''] = products.slice(-1);
    products.push(products.length === 1 ? part : b.op('Mul', [last, part]));
  }
  const kept = attributes['exclusive'] === true ? products.slice(0, -1) : products.slice(1);
  return b.op('Concat', turned(kept), { axis: int(axis) });
};

const topK: Translation = ({ b, at, value, attributes }) => {
  const k = numberOf(attributes['k'], 1);
  if (value('x').dtype === 'bool' || k === 0) return undefined;
  const [values = '', indices = ''] = b.opMany('TopK', [at('x'), b.ints([k])], {}, 2);
  return [values, cast(b, indices, 'int32')];
};

export const reductions: Readonly<Record<string, Translation>> = {
  All: extreme('ReduceMin'),
  Any: extreme('ReduceMax'),
  ArgMax: position('ArgMax'),
  ArgMin: position('ArgMin'),
  Cumprod: cumprod,
  Cumsum: cumsum,
  Max: extreme('ReduceMax'),
  Mean: mean,
  Min: extreme('ReduceMin'),
  Prod: total('ReduceProd'),
  Sum: sum,
  TopK: topK,
};
