/** Elements found, and put, by their numbers. */
import type { Shape } from '../../../../dsl/index.js';
import { sizeOf } from '../../../../dsl/shape.js';
import { axisOf, numberOf } from '../../attributes.js';
import type { DType, Value } from '../../graph.js';
import { type Builder, type Site, type Translation, int } from '../builder.js';
import { cast, converted } from '../casting.js';
import { FEW_TERMS } from '../long-sums.js';
import { reshaped, transposed } from './shaping.js';

const filled = (b: Builder, shape: Shape, dtype: DType): string =>
  b.op('Expand', [b.constant(dtype, [], [0]), b.ints(shape)]);

/** Zeros to which `count` updates are added at their places: in double precision where they are many. */
const addedAt = (b: Builder, out: Value, where: string, updates: string, count: number): string => {
  const exact = out.dtype === 'float32' && count > FEW_TERMS;
  const wide = (x: string): string => (exact ? cast(b, x, 'float64') : x);
  const sums = b.op('ScatterND', [wide(filled(b, out.shape, out.dtype)), where, wide(updates)], {
    reduction: { text: 'add' },
  });
  return exact ? cast(b, sums, 'float32') : sums;
};

/** Rows added where an index repeats: the gradient of a gather. Rows with no segment are dropped. */
const segmentSum: Translation = ({ b, at, value, out }) => {
  const { shape } = value('segmentIds');
  const ids = at('segmentIds');
  const [segments = 0] = out.shape;
  const none = b.constant('int32', [], [0]);
  const inside = b.op('And', [
    b.op('GreaterOrEqual', [ids, none]),
    b.op('Less', [ids, b.constant('int32', [], [segments])]),
  ]);
  const rows = converted(b, at('x'), value('x').dtype, 'float32');
  const row = reshaped(b, inside, [...shape, ...out.shape.slice(1).map(() => 1)]);
  const kept = b.op('Where', [row, rows, b.scalar(0)]);
  const indices = cast(b, b.op('Where', [inside, ids, none]), 'int64');
  const where = b.op('Unsqueeze', [indices, b.ints([shape.length])]);
  return addedAt(b, out, where, kept, sizeOf(shape));
};

/** A gather in which the first axes of both belong together: the axis goes next to them, and back. */
const batched = (site: Site, axis: number, shared: number): string => {
  const { b, at, value } = site;
  const rank = value('x').shape.length;
  const own = value('indices').shape.length - shared;
  const range = (from: number, to: number): readonly number[] =>
    Array.from({ length: to - from }, (_, i) => from + i);
  const moved = transposed(b, at('x'), [
    ...range(0, shared),
    axis,
    ...range(shared, axis),
    ...range(axis + 1, rank),
  ]);
  const indices = b.op('Unsqueeze', [cast(b, at('indices'), 'int64'), b.ints([shared + own])]);
  const found = b.op('GatherND', [moved, indices], { batch_dims: int(shared) });
  const between = axis - shared;
  return transposed(b, found, [
    ...range(0, shared),
    ...range(shared + own, shared + own + between),
    ...range(shared, shared + own),
    ...range(shared + own + between, own + rank - 1),
  ]);
};

const gather: Translation = (site) => {
  const { b, at, value, attributes } = site;
  const axis = axisOf(attributes['axis'], value('x').shape);
  const given = numberOf(attributes['batchDims'], 0);
  const shared = given < 0 ? given + value('indices').shape.length : given;
  return shared === 0
    ? b.op('Gather', [at('x'), at('indices')], { axis: int(axis) })
    : batched(site, axis, shared);
};

const oneHot: Translation = ({ b, at, attributes, value, out }) => {
  const depth = numberOf(attributes['depth'], 1);
  const classes = b.constant(
    'int32',
    [depth],
    Array.from({ length: depth }, (_, i) => i),
  );
  const hit = b.op('Equal', [
    b.op('Unsqueeze', [at('indices'), b.ints([value('indices').shape.length])]),
    classes,
  ]);
  const chosen = b.op('Where', [
    hit,
    b.scalar(numberOf(attributes['onValue'], 1)),
    b.scalar(numberOf(attributes['offValue'], 0)),
  ]);
  return converted(b, chosen, 'float32', out.dtype);
};

/** Where updates go: a list of places, which TensorFlow.js lets stand for a table of one column. */
const places = (b: Builder, indices: string, { shape }: { readonly shape: Shape }): string => {
  const wide = cast(b, indices, 'int64');
  return shape.length > 1 ? wide : reshaped(b, wide, [shape[0] ?? 1, 1]);
};

const scattered: Translation = ({ b, at, value, out }) => {
  if (out.dtype === 'bool') return undefined;
  const { shape } = value('indices');
  const where = places(b, at('indices'), { shape });
  return addedAt(b, out, where, at('updates'), sizeOf(shape));
};

const updated: Translation = ({ b, at, value }) =>
  b.op('ScatterND', [at('tensor'), places(b, at('indices'), value('indices')), at('updates')]);

const sparseToDense: Translation = ({ b, at, value, out }) => {
  const rest = b.op('Expand', [at('defaultValue'), b.ints(out.shape)]);
  const { shape } = value('sparseIndices');
  const count = shape[0] ?? 1;
  const values = b.op('Expand', [at('sparseValues'), b.ints([count])]);
  return b.op('ScatterND', [rest, places(b, at('sparseIndices'), { shape }), values]);
};

export const indexing: Readonly<Record<string, Translation>> = {
  GatherNd: ({ b, at }) => b.op('GatherND', [at('params'), cast(b, at('indices'), 'int64')]),
  GatherV2: gather,
  OneHot: oneHot,
  ScatterNd: scattered,
  SparseToDense: sparseToDense,
  TensorScatterUpdate: updated,
  UnsortedSegmentSum: segmentSum,
};
