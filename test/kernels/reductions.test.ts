/** Reductions: their derivatives, batching and executors. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import type { Tensor } from 'marginalia';
import type { Shape } from 'marginalia/tensors';
import { reductions } from '../../src/kernels/reductions/index.js';
import { kernelLaws, startBackends } from './laws/law.js';
import {
  type Given,
  type Use,
  axesOf,
  axisOf,
  inputOf,
  reals,
  shapes,
  truths,
} from './laws/use.js';

beforeAll(startBackends);

type Reduction = (x: Tensor, axes?: number | number[], keeps?: boolean) => Tensor;

/** Over some axes, all of them or none. */
const over = (
  f: Reduction,
  numbers: (shape: Shape) => fc.Arbitrary<Given>,
  sizes: Parameters<typeof shapes>[0] = {},
): fc.Arbitrary<Use> =>
  shapes(sizes).chain((shape) =>
    fc
      .tuple(numbers(shape), fc.option(axesOf(shape), { nil: undefined }), fc.boolean())
      .map(([x, axes, keeps]) => ({
        inputs: { x },
        f: (inputs) => f(inputOf(inputs, 'x'), axes && [...axes], keeps),
        told: { axes, keeps },
      })),
  );

/** Along one axis, in both directions and with the element itself or without. */
const running = (
  f: (x: Tensor, axis: number, exclusive: boolean, reverse: boolean) => Tensor,
): fc.Arbitrary<Use> =>
  shapes({ minRank: 1, maxSize: 4 }).chain((shape) =>
    fc
      .tuple(withZeros(shape), axisOf(shape), fc.boolean(), fc.boolean())
      .map(([x, axis, exclusive, reverse]) => ({
        inputs: { x },
        f: (inputs) => f(inputOf(inputs, 'x'), axis, exclusive, reverse),
        told: { axis, exclusive, reverse },
      })),
  );

/** Numbers of which some are 0. */
const withZeros = (shape: Shape): fc.Arbitrary<Given> =>
  fc.tuple(reals(shape), truths(shape)).map(([x, zero]) => ({
    ...x,
    draws: x.draws.map((numbers, k) =>
      numbers.map((n, i) => ((zero.draws[k]?.[i] ?? 0) === 1 ? 0 : n)),
    ),
  }));

/** Numbers of which no two are as near each other as differences reach. */
const distinct = (shape: Shape): fc.Arbitrary<Given> =>
  reals(shape).map((x) => ({
    ...x,
    draws: x.draws.map((numbers) => {
      const order = numbers
        .map((_, i) => i)
        .toSorted((i, j) => (numbers[i] ?? 0) - (numbers[j] ?? 0));
      return numbers.map((_, i) => Math.fround((4 * order.indexOf(i)) / numbers.length - 2));
    }),
  }));

const positions = (f: (x: Tensor, axis: number) => Tensor): fc.Arbitrary<Use> =>
  shapes({ minRank: 1, minSize: 1 }).chain((shape) =>
    fc.tuple(distinct(shape), axisOf(shape)).map(([x, axis]) => ({
      inputs: { x },
      f: (inputs) => f(inputOf(inputs, 'x'), axis),
      told: axis,
    })),
  );

/** A reduction of three numbers, each an input of its own. */
const ofThree = (f: (x: Tensor) => Tensor, a: number, b: number, c: number): Use => {
  const one = (x: number): Given => ({ shape: [], dtype: 'float32', draws: [[x]] });
  return {
    inputs: { a: one(a), b: one(b), c: one(c) },
    f: (inputs) => f(tf.stack([inputOf(inputs, 'a'), inputOf(inputs, 'b'), inputOf(inputs, 'c')])),
  };
};

const edge = (use: Use, a: number, b: number, c: number) => ({ use, gradient: { a, b, c } });

kernelLaws('reductions', reductions, [
  { kernel: 'Sum', uses: over(tf.sum, reals), smooth: true },
  { kernel: 'Mean', uses: over(tf.mean, reals, { minSize: 1 }), smooth: true },
  {
    kernel: 'Max',
    uses: over(tf.max, distinct, { minSize: 1 }),
    edges: [
      edge(ofThree(tf.max, 1, 2, 2), 0, 0.5, 0.5),
      edge(ofThree(tf.max, -1, -1, -1), 1 / 3, 1 / 3, 1 / 3),
    ],
  },
  {
    kernel: 'Min',
    uses: over(tf.min, distinct, { minSize: 1 }),
    edges: [edge(ofThree(tf.min, 1, 1, 2), 0.5, 0.5, 0)],
  },
  {
    kernel: 'Prod',
    uses: over(tf.prod, withZeros),
    smooth: true,
    edges: [edge(ofThree(tf.prod, 0, 3, 2), 6, 0, 0), edge(ofThree(tf.prod, 0, 0, 2), 0, 0, 0)],
  },
  {
    kernel: 'All',
    uses: over((x, axes, keeps) => tf.all(x, axes, keeps), truths, { minSize: 1 }),
  },
  {
    kernel: 'Any',
    uses: over((x, axes, keeps) => tf.any(x, axes, keeps), truths, { minSize: 1 }),
  },
  { kernel: 'ArgMax', uses: positions(tf.argMax) },
  { kernel: 'ArgMin', uses: positions(tf.argMin) },
  { kernel: 'Cumsum', uses: running(tf.cumsum), smooth: true },
  {
    kernel: 'Cumprod',
    uses: running(tf.cumprod),
    smooth: true,
  },
  {
    kernel: 'TopK',
    uses: shapes({ minRank: 1, maxRank: 3, minSize: 1 }).chain((shape) =>
      fc.tuple(distinct(shape), fc.integer({ min: 1, max: shape.at(-1) ?? 1 })).map(([x, k]) => ({
        inputs: { x },
        f: (inputs) => {
          const { values, indices } = tf.topk(inputOf(inputs, 'x'), k);
          return [values, indices];
        },
        told: k,
      })),
    ),
  },
]);
