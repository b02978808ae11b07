/** Indexing: its derivatives, batching and executors. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import type { Shape } from 'marginalia/tensors';
import { call } from '../../src/kernels/call.js';
import { indexing } from '../../src/kernels/indexing/index.js';
import { kernelLaws, startBackends } from './laws/law.js';
import { DRAWS, type Given, type Use, axisOf, inputOf, reals, shapes, wholes } from './laws/use.js';

beforeAll(startBackends);

/** Rows of indices into the first axes of a shape. */
const rowsInto = (lead: Shape, places: Shape): fc.Arbitrary<Given> =>
  fc.tuple(...places.map((n) => wholes([...lead, 1], 0, n - 1))).map((columns): Given => ({
    shape: [...lead, places.length],
    dtype: 'int32',
    draws: Array.from({ length: columns[0]?.draws.length ?? 0 }, (_, draw) =>
      (columns[0]?.draws[draw] ?? []).flatMap((__, row) =>
        columns.map(({ draws }) => draws[draw]?.[row] ?? 0),
      ),
    ),
  }));

/** A few rows of which no two are the same: what stands where two are put is not said. */
const distinctRows = (places: Shape): fc.Arbitrary<Given> => {
  const size = places.reduce((a, b) => a * b, 1);
  const flat = Array.from({ length: size }, (_, i) => i);
  const rowOf = (at: number): readonly number[] =>
    places.map((n, axis) => Math.floor(at / places.slice(axis + 1).reduce((a, b) => a * b, 1)) % n);
  return fc.integer({ min: 1, max: Math.min(3, size) }).chain((count) => {
    const one = fc.shuffledSubarray(flat, { minLength: count, maxLength: count });
    return fc.array(one, { minLength: DRAWS, maxLength: DRAWS }).map((draws) => ({
      shape: [count, places.length],
      dtype: 'int32',
      draws: draws.map((chosen) => chosen.flatMap(rowOf)),
    }));
  });
};

const tables = shapes({ minRank: 1, maxRank: 3, minSize: 1, maxSize: 4 }).chain((shape) =>
  fc.integer({ min: 1, max: shape.length }).map((depth) => ({ shape, depth })),
);

/** A table, rows into it, and what is put there. */
const placed = (rowsOf: (depth: Shape) => fc.Arbitrary<Given>) =>
  tables.chain(({ shape, depth }) =>
    rowsOf(shape.slice(0, depth)).chain((rows) =>
      fc.record({
        shape: fc.constant(shape),
        table: reals(shape),
        rows: fc.constant(rows),
        updates: reals([...rows.shape.slice(0, -1), ...shape.slice(depth)]),
      }),
    ),
  );

const anyRows = (into: Shape): fc.Arbitrary<Given> =>
  shapes({ minRank: 1, maxRank: 2, minSize: 1, maxSize: 2 }).chain((lead) => rowsInto(lead, into));

const gathers: fc.Arbitrary<Use> = shapes({ minRank: 1, minSize: 1 }).chain((shape) =>
  axisOf(shape).chain((axis) => {
    const at = axis < 0 ? axis + shape.length : axis;
    return fc.integer({ min: 0, max: at }).chain((shared) =>
      shapes({ maxRank: 2 }).chain((more) =>
        fc
          .tuple(
            reals(shape),
            wholes([...shape.slice(0, shared), ...more], 0, (shape[at] ?? 1) - 1),
            fc.boolean(),
          )
          .map(([x, indices, fromRight]) => {
            const given = fromRight && shared > 0 ? shared - indices.shape.length : shared;
            // From the right there is no number for all axes.
            const batchDims = given === 0 ? shared : given;
            return {
              inputs: { x, indices },
              f: (inputs) =>
                tf.gather(
                  inputOf(inputs, 'x'),
                  inputOf(inputs, 'indices').toInt(),
                  axis,
                  batchDims,
                ),
              told: { axis, batchDims },
            };
          }),
      ),
    );
  }),
);

const segments = shapes({ minRank: 1, maxRank: 2 }).chain((ids) =>
  shapes({ maxRank: 2 }).chain((rest) =>
    fc
      .tuple(reals([...ids, ...rest]), wholes(ids, -1, 3), fc.integer({ min: 1, max: 3 }))
      .map(([x, segmentIds, numSegments]): Use => ({
        inputs: { x, segmentIds },
        f: ({ x: rows = tf.scalar(0), segmentIds: places = tf.scalar(0) }) =>
          call('UnsortedSegmentSum', { x: rows, segmentIds: places }, { numSegments }),
        told: numSegments,
      })),
  ),
);

const counts = (kernel: string, sizes: Parameters<typeof shapes>[0]): fc.Arbitrary<Use> =>
  shapes({ minRank: 1, ...sizes, minSize: 1 }).chain((shape) =>
    fc
      .tuple(wholes(shape, 0, 4), fc.oneof(reals(shape), reals(shape), reals([0])), fc.boolean())
      .map(([x, weights, binaryOutput]) => ({
        inputs: { x, weights },
        f: (inputs) =>
          call(
            kernel,
            { x: inputOf(inputs, 'x'), weights: inputOf(inputs, 'weights') },
            { size: 4, ...(kernel === 'DenseBincount' && { binaryOutput }) },
          ),
        told: { binaryOutput },
      })),
  );

const sorted = (shape: Shape): fc.Arbitrary<Given> =>
  reals(shape).map((x) => ({
    ...x,
    draws: x.draws.map((numbers) => {
      const n = shape.at(-1) ?? 1;
      return numbers.flatMap((_, i) =>
        i % n === 0 ? numbers.slice(i, i + n).toSorted((a, b) => a - b) : [],
      );
    }),
  }));

kernelLaws('indexing', indexing, [
  { kernel: 'GatherV2', uses: gathers, smooth: true },
  {
    kernel: 'GatherNd',
    uses: placed(anyRows).chain(({ table, rows }) =>
      fc.constantFrom<Use>(
        {
          inputs: { table, rows },
          f: (all) => tf.gatherND(inputOf(all, 'table'), inputOf(all, 'rows')),
        },
        {
          inputs: { table, rows },
          f: (all) => {
            const [first = inputOf(all, 'rows')] = tf.unstack(
              tf.reshape(inputOf(all, 'rows'), [-1, rows.shape.at(-1) ?? 1]),
            );
            return tf.gatherND(inputOf(all, 'table'), first);
          },
        },
      ),
    ),
    smooth: true,
  },
  {
    kernel: 'ScatterNd',
    uses: fc.oneof(
      placed(anyRows).map(({ shape, rows, updates }): Use => ({
        inputs: { rows, updates },
        f: (all) => tf.scatterND(inputOf(all, 'rows'), inputOf(all, 'updates'), [...shape]),
        told: shape,
      })),
      // A list of places in the only axis.
      fc.tuple(wholes([3], 0, 3), reals([3])).map(([rows, updates]): Use => ({
        inputs: { rows, updates },
        f: (all) => tf.scatterND(inputOf(all, 'rows'), inputOf(all, 'updates'), [4]),
      })),
    ),
    smooth: true,
  },
  {
    kernel: 'TensorScatterUpdate',
    uses: placed(distinctRows).map(({ table, rows, updates }): Use => ({
      inputs: { table, rows, updates },
      f: (all) =>
        tf.tensorScatterUpdate(
          inputOf(all, 'table'),
          inputOf(all, 'rows'),
          inputOf(all, 'updates'),
        ),
    })),
    smooth: true,
  },
  {
    kernel: 'SparseToDense',
    uses: shapes({ minRank: 1, maxRank: 3, minSize: 1 }).chain((shape) =>
      fc.tuple(distinctRows(shape), fc.boolean()).chain(([rows, alike]) =>
        fc
          .tuple(reals(alike ? [] : rows.shape.slice(0, 1)), reals([]))
          .map(([values, rest]): Use => ({
            inputs: { rows, values, rest },
            f: (all) =>
              tf.sparseToDense(
                inputOf(all, 'rows'),
                inputOf(all, 'values'),
                [...shape],
                inputOf(all, 'rest').asScalar(),
              ),
            told: shape,
          })),
      ),
    ),
    smooth: true,
  },
  { kernel: 'UnsortedSegmentSum', uses: segments, smooth: true },
  {
    kernel: 'OneHot',
    uses: shapes({ maxRank: 3 })
      .chain((shape) => wholes(shape, -1, 3))
      .map((indices) => ({
        inputs: { indices },
        f: (inputs) => tf.oneHot(inputOf(inputs, 'indices'), 3, 2, -1, 'float32'),
      })),
  },
  { kernel: 'Bincount', uses: counts('Bincount', { maxRank: 1 }) },
  { kernel: 'DenseBincount', uses: counts('DenseBincount', { maxRank: 2 }) },
  {
    kernel: 'SearchSorted',
    uses: fc
      .tuple(sorted([2, 4]), reals([2, 3]), fc.constantFrom<'left' | 'right'>('left', 'right'))
      .map(([rows, values, side]) => ({
        inputs: { rows, values },
        f: (inputs) => tf.searchSorted(inputOf(inputs, 'rows'), inputOf(inputs, 'values'), side),
        told: side,
      })),
  },
]);
