/** Slicing: its derivatives, batching and executors. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import type { Tensor } from 'marginalia';
import type { Shape } from 'marginalia/tensors';
import { slicing } from '../../src/kernels/slicing/index.js';
import { as4D } from '../compile/compiled-values.js';
import { kernelLaws, startBackends } from './laws/law.js';
import { type Use, axesOf, inputOf, reals, shapes } from './laws/use.js';

beforeAll(startBackends);

/** An operation that is told something about each axis of an array. */
const alongAxes = <A>(
  told: (length: number) => fc.Arbitrary<A>,
  f: (x: Tensor, told: readonly A[]) => Tensor,
  sizes: Parameters<typeof shapes>[0] = {},
): fc.Arbitrary<Use> =>
  shapes({ minRank: 1, ...sizes }).chain((shape) =>
    fc.tuple(reals(shape), fc.tuple(...shape.map(told))).map(([x, axes]) => ({
      inputs: { x },
      f: (inputs) => f(inputOf(inputs, 'x'), axes),
      told: axes,
    })),
  );

/** Where a block begins, and how long it is; −1 for the rest. */
const block = (n: number): fc.Arbitrary<readonly [number, number]> =>
  fc
    .integer({ min: 0, max: n })
    .chain((begin) => fc.tuple(fc.constant(begin), fc.integer({ min: -1, max: n - begin })));

const around = (most: number): fc.Arbitrary<[number, number]> =>
  fc.tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: 0, max: most }));

/** Begin, end and step along an axis, and whether each of them counts. */
const range = (n: number) =>
  fc.record({
    begin: fc.integer({ min: -n, max: n - 1 }),
    end: fc.integer({ min: -n - 1, max: n + 1 }),
    stride: fc.constantFrom(1, 2, 3, -1, -2),
    open: fc.boolean(),
    kind: fc.constantFrom('range', 'range', 'range', 'index', 'new'),
  });

type Range = ReturnType<typeof range> extends fc.Arbitrary<infer R> ? R : never;

const mask = (ranges: readonly Range[], holds: (range: Range) => boolean): number =>
  ranges.reduce((sum, r, i) => (holds(r) ? sum + 2 ** i : sum), 0);

const strided = (x: Tensor, ranges: readonly Range[]): Tensor =>
  tf.stridedSlice(
    x,
    ranges.map(({ begin }) => begin),
    ranges.map(({ end }) => end),
    ranges.map(({ stride, kind }) => (kind === 'index' ? 1 : stride)),
    mask(ranges, ({ open, kind }) => open && kind === 'range'),
    mask(ranges, ({ open, kind }) => !open && kind === 'range'),
    0,
    mask(ranges, ({ kind }) => kind === 'new'),
    mask(ranges, ({ kind }) => kind === 'index'),
  );

const reversals = shapes().chain((shape: Shape) =>
  fc.tuple(reals(shape), fc.option(axesOf(shape), { nil: undefined })).map(([x, axes]): Use => ({
    inputs: { x },
    f: (inputs) => tf.reverse(inputOf(inputs, 'x'), axes && [...axes]),
    told: axes,
  })),
);

kernelLaws('slicing', slicing, [
  {
    kernel: 'Slice',
    uses: alongAxes(block, (x, blocks) =>
      tf.slice(
        x,
        blocks.map(([begin]) => begin),
        blocks.map(([, size]) => size),
      ),
    ),
    smooth: true,
  },
  {
    kernel: 'StridedSlice',
    uses: alongAxes(range, strided, { minSize: 1, maxSize: 4 }),
    smooth: true,
  },
  {
    kernel: 'PadV2',
    uses: fc.oneof(
      alongAxes(
        () => around(2),
        (x, paddings) => tf.pad(x, [...paddings], 1.5),
      ),
      alongAxes(
        () => around(1),
        (x, paddings) => tf.pad(x, [...paddings]),
      ),
    ),
    smooth: true,
  },
  {
    kernel: 'MirrorPad',
    uses: fc.oneof(
      alongAxes(
        (n) => around(n - 1),
        (x, paddings) => tf.mirrorPad(x, [...paddings], 'reflect'),
        { minSize: 1 },
      ),
      alongAxes(
        (n) => around(n),
        (x, paddings) => tf.mirrorPad(x, [...paddings], 'symmetric'),
        { minSize: 1 },
      ),
    ),
    smooth: true,
  },
  { kernel: 'Reverse', uses: reversals, smooth: true },
  {
    kernel: 'FlipLeftRight',
    uses: shapes({ minRank: 4, minSize: 1 })
      .chain((shape) => reals(shape))
      .map((image) => ({
        inputs: { image },
        f: (inputs) => tf.image.flipLeftRight(as4D(inputOf(inputs, 'image'))),
      })),
    smooth: true,
  },
]);
