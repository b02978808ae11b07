/** Pools in two and three dimensions, and their gradients. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import type { Tensor } from 'marginalia';
import { pools } from '../../src/kernels/pooling/index.js';
import { differentiate } from '../../src/transform/differentiate.js';
import { as4D, as5D } from '../compile/compiled-values.js';
import { type Subject, kernelLaws, startBackends } from './laws/law.js';
import { type Given, type Use, inputOf, reals } from './laws/use.js';
import { type Placed, padding2d, pairOf, placed, tripleOf } from './laws/windows-of-uses.js';

beforeAll(startBackends);

type Pool = (c: Placed, x: Tensor) => Tensor;

const inPlane =
  (max: boolean): Pool =>
  (c, x) => {
    const args = [as4D(x), pairOf(c.window), pairOf(c.strides), padding2d(c.pad)] as const;
    return max ? tf.maxPool(...args, c.rounding) : tf.avgPool(...args, c.rounding);
  };

const inSpace =
  (max: boolean): Pool =>
  (c, x) => {
    const pad = typeof c.pad === 'object' ? 'valid' : c.pad;
    const args = [as5D(x), tripleOf(c.window), tripleOf(c.strides), pad] as const;
    return max ? tf.maxPool3d(...args) : tf.avgPool3d(...args);
  };

/** Numbers no two of which are nearly alike, so that a maximum stays where it is. */
const distinct = (given: Given): Given => ({
  ...given,
  draws: given.draws.map((numbers) => {
    const order = numbers.map((x, i) => [x, i] as const).toSorted(([a], [b]) => a - b);
    const places = new Map(order.map(([, i], place) => [i, place]));
    return numbers.map((_, i) => Math.fround(((places.get(i) ?? 0) + 0.5) / numbers.length));
  }),
});

const uses = (rank: number, f: (c: Placed) => Use['f']): fc.Arbitrary<Use> =>
  placed(rank, { dilates: false }).chain((c) =>
    reals([c.images, ...c.sizes, c.channels[0]]).map((x) => ({
      inputs: { x: distinct(x) },
      f: f(c),
      told: c,
    })),
  );

const subjects = (
  kernel: string,
  backward: string,
  rank: number,
  pool: Pool,
): readonly Subject[] => [
  { kernel, smooth: true, uses: uses(rank, (c) => (inputs) => pool(c, inputOf(inputs, 'x'))) },
  {
    kernel: backward,
    smooth: true,
    uses: uses(rank, (c) => (inputs) => {
      const x = inputOf(inputs, 'x');
      const { gradients } = differentiate({ x }, () => ({ loss: tf.sum(tf.square(pool(c, x))) }));
      return gradients['x'] ?? tf.scalar(Number.NaN);
    }),
  },
];

kernelLaws('pooling', pools, [
  ...subjects('AvgPool', 'AvgPoolGrad', 2, inPlane(false)),
  ...subjects('MaxPool', 'MaxPoolGrad', 2, inPlane(true)),
  ...subjects('AvgPool3D', 'AvgPool3DGrad', 3, inSpace(false)),
  ...subjects('MaxPool3D', 'MaxPool3DGrad', 3, inSpace(true)),
]);
