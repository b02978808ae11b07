/** Shaping: its derivatives, batching and executors. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import type { Tensor } from 'marginalia';
import type { Shape } from 'marginalia/tensors';
import { call } from '../../src/kernels/call.js';
import { shaping } from '../../src/kernels/shaping/index.js';
import { kernelLaws, startBackends } from './laws/law.js';
import { type Use, axisOf, inputOf, reals, shapes } from './laws/use.js';

beforeAll(startBackends);

/** An operation on one array, with what is told beside it. */
const ofArray = <A>(
  told: (shape: Shape) => fc.Arbitrary<A>,
  f: (x: Tensor, told: A) => Tensor | readonly Tensor[],
  sizes: Parameters<typeof shapes>[0] = {},
): fc.Arbitrary<Use> =>
  shapes(sizes).chain((shape) =>
    fc.tuple(reals(shape), told(shape)).map(([x, by]) => ({
      inputs: { x },
      f: (inputs) => f(inputOf(inputs, 'x'), by),
      told: by,
    })),
  );

/** Arrays side by side: along one axis their lengths may differ. */
const together = (
  least: number,
  f: (all: Tensor[], axis: number) => Tensor,
  { grows }: { readonly grows: boolean },
): fc.Arbitrary<Use> =>
  shapes({ minRank: grows ? 1 : 0, maxRank: 3 }).chain((shape) =>
    fc
      .tuple(
        axisOf(grows ? shape : [...shape, 1]),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: least, maxLength: 3 }),
      )
      .chain(([axis, lengths]) => {
        const at = axis < 0 ? axis + shape.length : axis;
        const parts = lengths.map((n) => reals(grows ? shape.with(at, n) : shape));
        return fc.tuple(...parts).map((given): Use => ({
          inputs: Object.fromEntries(given.map((x, i) => [`x${i}`, x])),
          f: (inputs) =>
            f(
              given.map((_, i) => inputOf(inputs, `x${i}`)),
              axis,
            ),
          told: axis,
        }));
      }),
  );

/** Another shape with as many elements. */
const reshaped = (shape: Shape): fc.Arbitrary<number[]> => {
  const size = shape.reduce((a, b) => a * b, 1);
  const [last = 1] = shape.slice(-1);
  return fc.constantFrom([size], [1, size], [size, 1], shape.toReversed(), [
    ...shape.slice(0, -1),
    1,
    last,
  ]);
};

kernelLaws('shaping', shaping, [
  {
    kernel: 'Reshape',
    uses: ofArray(reshaped, (x, shape) => tf.reshape(x, shape)),
    smooth: true,
  },
  {
    kernel: 'ExpandDims',
    uses: ofArray((shape) => axisOf([...shape, 1]), tf.expandDims),
    smooth: true,
  },
  {
    kernel: 'Transpose',
    uses: ofArray(
      (shape) =>
        fc.shuffledSubarray(
          shape.map((_, axis) => axis),
          { minLength: shape.length },
        ),
      (x, perm) => call('Transpose', { x }, { perm }),
    ),
    smooth: true,
  },
  {
    kernel: 'Tile',
    uses: ofArray(
      (shape) => fc.tuple(...shape.map(() => fc.integer({ min: 1, max: 3 }))),
      (x, reps) => call('Tile', { x }, { reps }),
      { maxSize: 2 },
    ),
    smooth: true,
  },
  {
    kernel: 'Concat',
    uses: together(2, (all, axis) => tf.concat(all, axis), { grows: true }),
    smooth: true,
  },
  {
    kernel: 'Pack',
    uses: together(1, (all, axis) => tf.stack(all, axis), { grows: false }),
    smooth: true,
  },
  {
    kernel: 'Unpack',
    uses: ofArray(axisOf, (x, axis) => tf.unstack(x, axis), { minRank: 1, minSize: 1 }),
    smooth: true,
  },
  {
    kernel: 'SplitV',
    uses: ofArray(
      (shape) =>
        axisOf(shape).chain((axis) => {
          const length = shape.at(axis) ?? 1;
          const cut = fc
            .integer({ min: 0, max: length })
            .chain((first) =>
              fc.constantFrom([first, length - first], [-1, length - first], [first, -1]),
            );
          return fc.tuple(fc.constant(axis), fc.oneof(fc.constant(length), cut));
        }),
      (x, [axis, parts]) => tf.split(x, typeof parts === 'number' ? parts : [...parts], axis),
      { minRank: 1, minSize: 1 },
    ),
    smooth: true,
  },
  {
    kernel: 'Diag',
    uses: ofArray(
      () => fc.constant(undefined),
      (x) => tf.diag(x),
      { maxRank: 2 },
    ),
    smooth: true,
  },
  {
    kernel: 'Fill',
    uses: shapes().map((shape) => ({ inputs: {}, f: () => tf.fill([...shape], 2.5) })),
  },
]);
