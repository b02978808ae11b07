/**
 * One element of a kernel's output, from elements of its inputs: reductions, products, and what
 * only moves elements about. The same rule serves straight code, where indices are numbers, and
 * loops, where they are expressions.
 */
import { sizeOf } from '../../../dsl/shape.js';
import { axesOf, numbers } from '../attributes.js';
import { type Block, type Fold, largest, literal, sum } from './block.js';
import type { ElementRule, ElementSite } from './element-rule.js';
import { type Index, flatten, minus, plus, remainder, unflatten } from './indexing.js';

const number = (value: unknown, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;

const axisOf = (attribute: unknown, rank: number): number => {
  const axis = number(attribute, 0);
  return axis < 0 ? axis + rank : axis;
};

const replaced = (index: readonly Index[], axis: number, by: Index): readonly Index[] =>
  index.map((i, a) => (a === axis ? by : i));

const inserted = (index: readonly Index[], axis: number, by: Index): readonly Index[] =>
  index.toSpliced(axis, 0, by);

const folds: Readonly<Record<string, Fold>> = {
  Sum: sum,
  Mean: sum,
  Max: largest,
  Min: { start: 'Infinity', combine: (so, next) => `Math.min(${so}, ${next})` },
  Prod: { start: '1', combine: (so, next) => `${so} * ${next}` },
  All: { start: '1', combine: (so, next) => `(${so} && ${next} ? 1 : 0)` },
  Any: { start: '0', combine: (so, next) => `(${so} || ${next} ? 1 : 0)` },
};

const reduce =
  (kernel: string): ElementRule =>
  ({ read, value, attributes }, block, index) => {
    const { shape } = value('x');
    const axes = axesOf(attributes['axis'] ?? attributes['reductionIndices'], shape);
    const keeps = attributes['keepDims'] === true;
    const others = shape.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
    const at = (inner: readonly Index[]): readonly Index[] =>
      shape.map((_, axis) => {
        const among = axes.indexOf(axis);
        if (among >= 0) return inner[among] ?? 0;
        return index[keeps ? axis : others.indexOf(axis)] ?? 0;
      });
    const extents = axes.map((axis) => shape[axis] ?? 1);
    const total = block.fold(folds[kernel] ?? sum, extents, (inner, b) => read(b, 'x', at(inner)));
    return kernel === 'Mean' ? block.name(`(${total} / ${literal(sizeOf(extents))})`) : total;
  };

/** The first place of the largest element, or of the smallest. */
const extreme =
  (best: Fold): ElementRule =>
  ({ read, value, attributes }, block, index) => {
    const { shape } = value('x');
    const axis = axisOf(attributes['axis'], shape.length);
    const extents = [shape[axis] ?? 1];
    const element = (b: Block, [k = 0]: readonly Index[]): string =>
      read(b, 'x', inserted(index, axis, k));
    const top = block.fold(best, extents, (k, b) => element(b, k));
    const first: Fold = {
      start: '-1',
      combine: (so, next) => `(${so} >= 0 ? ${so} : ${next})`,
    };
    const place = block.fold(first, extents, (k, b) =>
      b.name(`(${element(b, k)} === ${top} ? ${k[0] ?? 0} : -1)`),
    );
    return block.name(`Math.max(${place}, 0)`);
  };

const reshape: ElementRule = ({ read, value, inputs, outs }, block, index) => {
  const [x = 'x'] = inputs;
  const from = outs[0]?.shape ?? [];
  return read(block, x, unflatten(flatten(index, from), value(x).shape));
};

const matMul: ElementRule = ({ read, value, attributes }, block, index) => {
  const [a, b] = [value('a').shape, value('b').shape];
  const across = attributes['transposeA'] === true;
  const down = attributes['transposeB'] === true;
  const inner = (across ? a.at(-2) : a.at(-1)) ?? 1;
  const lead = (shape: readonly number[]): readonly Index[] =>
    shape
      .slice(0, -2)
      .map((n, axis) => (n === 1 ? 0 : (index[index.length - shape.length + axis] ?? 0)));
  const [i = 0, j = 0] = index.slice(-2);
  return block.fold(sum, [inner], ([k = 0], bl) => {
    const left = read(bl, 'a', [...lead(a), ...(across ? [k, i] : [i, k])]);
    const right = read(bl, 'b', [...lead(b), ...(down ? [j, k] : [k, j])]);
    return `${left} * ${right}`;
  });
};

/** Which of several parts along an axis an index lies in. */
const amongParts = (
  { read, inputs }: ElementSite,
  block: Block,
  index: readonly Index[],
  axis: number,
  lengths: readonly number[],
): string => {
  const from = (b: Block, part: number, start: number): string => {
    const n = lengths[part] ?? 0;
    const here = (inner: Block): string =>
      read(inner, inputs[part] ?? '0', replaced(index, axis, minus(index[axis] ?? 0, start)));
    if (part === inputs.length - 1) return here(b);
    return b.below(index[axis] ?? 0, start + n, here, (inner) => from(inner, part + 1, start + n));
  };
  return from(block, 0, 0);
};

const padded: ElementRule = ({ read, value, attributes }, block, index) => {
  const { shape } = value('x');
  const pads = Array.isArray(attributes['paddings']) ? attributes['paddings'].map(numbers) : [];
  const fill = literal(number(attributes['constantValue'], 0));
  const from = (b: Block, axis: number, inner: readonly Index[]): string => {
    if (axis === shape.length) return read(b, 'x', inner);
    const before = pads[axis]?.[0] ?? 0;
    const i = index[axis] ?? 0;
    const inside = (c: Block): string =>
      c.below(
        i,
        before + (shape[axis] ?? 1),
        (d) => from(d, axis + 1, [...inner, minus(i, before)]),
        () => fill,
      );
    return before === 0 ? inside(b) : b.below(i, before, () => fill, inside);
  };
  return from(block, 0, []);
};

/** Rules by kernel; kernels that work element by element are in `operations`. */
export const elements: Readonly<Record<string, ElementRule>> = {
  ...Object.fromEntries(Object.keys(folds).map((kernel) => [kernel, reduce(kernel)])),
  ArgMax: extreme(largest),
  ArgMin: extreme(folds['Min'] ?? sum),
  BatchMatMul: matMul,
  Reshape: reshape,
  ExpandDims: reshape,
  Transpose: ({ read, attributes }, block, index) => {
    const perm = numbers(attributes['perm']);
    return read(
      block,
      'x',
      perm.map((_, axis) => index[perm.indexOf(axis)] ?? 0),
    );
  },
  Tile: ({ read, value }, block, index) => {
    const { shape } = value('x');
    return read(
      block,
      'x',
      index.map((i, axis) => remainder(i, shape[axis] ?? 1)),
    );
  },
  Slice: ({ read, attributes }, block, index) => {
    const begin = numbers(attributes['begin']);
    return read(
      block,
      'x',
      index.map((i, axis) => plus(i, begin[axis] ?? 0)),
    );
  },
  Reverse: ({ read, value, attributes }, block, index) => {
    const { shape } = value('x');
    const axes = axesOf(attributes['dims'], shape);
    return read(
      block,
      'x',
      index.map((i, axis) => (axes.includes(axis) ? minus((shape[axis] ?? 1) - 1, i) : i)),
    );
  },
  Concat: (site, block, index) => {
    const axis = axisOf(site.attributes['axis'], index.length);
    return amongParts(
      site,
      block,
      index,
      axis,
      site.inputs.map((x) => site.value(x).shape[axis] ?? 1),
    );
  },
  Pack: ({ read, inputs, attributes }, block, index) => {
    const axis = axisOf(attributes['axis'], index.length);
    const inner = index.toSpliced(axis, 1);
    const from = (b: Block, part: number): string => {
      const here = (c: Block): string => read(c, inputs[part] ?? '0', inner);
      return part === inputs.length - 1
        ? here(b)
        : b.below(index[axis] ?? 0, part + 1, here, (c) => from(c, part + 1));
    };
    return from(block, 0);
  },
  Unpack: ({ read, value, attributes, part }, block, index) =>
    read(
      block,
      'value',
      inserted(index, axisOf(attributes['axis'], value('value').shape.length), part),
    ),
  SplitV: ({ read, attributes, outs, part }, block, index) => {
    const axis = axisOf(attributes['axis'], index.length);
    const start = outs.slice(0, part).reduce((n, o) => n + (o.shape[axis] ?? 0), 0);
    return read(block, 'x', replaced(index, axis, plus(index[axis] ?? 0, start)));
  },
  PadV2: padded,
  Cumsum: ({ read, value, attributes }, block, index) => {
    const { shape } = value('x');
    const axis = axisOf(attributes['axis'], shape.length);
    const i = index[axis] ?? 0;
    const compare = `${attributes['reverse'] === true ? '>' : '<'}${attributes['exclusive'] === true ? '' : '='}`;
    return block.fold(sum, [shape[axis] ?? 1], ([k = 0], b) =>
      b.name(`(${k} ${compare} ${i} ? ${read(b, 'x', replaced(index, axis, k))} : 0)`),
    );
  },
  OneHot: ({ read, attributes }, block, index) => {
    const hit = read(block, 'indices', index.slice(0, -1));
    const on = literal(number(attributes['onValue'], 1));
    const off = literal(number(attributes['offValue'], 0));
    return block.name(`(${hit} === ${index.at(-1) ?? 0} ? ${on} : ${off})`);
  },
  GatherV2: ({ read, value, attributes }, block, index) => {
    const rank = value('x').shape.length;
    const axis = axisOf(attributes['axis'], rank);
    const batch = number(attributes['batchDims'], 0);
    const among = value('indices').shape.length;
    const where = read(block, 'indices', [
      ...index.slice(0, batch),
      ...index.slice(axis, axis + among - batch),
    ]);
    const known = /^\d+$/.test(where) ? Number(where) : where;
    return read(block, 'x', [...index.slice(0, axis), known, ...index.slice(axis + among - batch)]);
  },
  UnsortedSegmentSum: ({ read, value }, block, index) => {
    const { shape } = value('segmentIds');
    const [segment = 0, ...rest] = index;
    return block.fold(sum, shape, (k, b) => {
      const id = read(b, 'segmentIds', k);
      return b.name(`(${id} === ${segment} ? ${read(b, 'x', [...k, ...rest])} : 0)`);
    });
  },
};
