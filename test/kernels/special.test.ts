/** Special functions on the host: their derivatives, batching and executors. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import {
  binomialDraw,
  multinomialDraw,
  negativeBinomialDraw,
  poissonDraw,
  wholeDraw,
} from '../../dsl/numerics/count-quantile.js';
import { tanhRoot } from '../../dsl/numerics/tanh-root.js';
import { truncatedNormalQuantile } from '../../dsl/numerics/truncated-normal.js';
import { type Shape, gammainc, gammaincc } from 'marginalia/tensors';
import { special as room } from '../../src/kernels/special/index.js';
import { kernelLaws, startBackends } from './laws/law.js';
import { type Use, inputOf, reals } from './laws/use.js';

beforeAll(startBackends);

const shapes = fc.constantFrom<Shape>([], [3], [2, 1], [2, 3]);

const shares: fc.Arbitrary<Use> = fc
  .tuple(shapes, fc.boolean(), fc.boolean())
  .chain(([shape, upper, wide]) =>
    fc
      .record({
        a: reals(wide ? [] : shape, { min: 0.5, max: 6 }),
        x: reals(shape, { min: 0.5, max: 8 }),
      })
      .map((inputs) => ({
        inputs,
        f: (all) => (upper ? gammaincc : gammainc)(inputOf(all, 'a'), inputOf(all, 'x')),
        told: { upper },
      })),
  );

const poissons: fc.Arbitrary<Use> = shapes.chain((shape) =>
  fc.record({ e: reals(shape), rate: reals([], { min: 0.5, max: 40 }) }).map((inputs) => ({
    inputs,
    f: (all) => poissonDraw(inputOf(all, 'e'), inputOf(all, 'rate')),
  })),
);

const binomials: fc.Arbitrary<Use> = shapes.chain((shape) =>
  fc.record({ e: reals(shape), logits: reals(shape) }).map((inputs) => ({
    inputs,
    f: (all) => binomialDraw(inputOf(all, 'e'), tf.scalar(12), inputOf(all, 'logits')),
  })),
);

const negativeBinomials: fc.Arbitrary<Use> = shapes.chain((shape) =>
  fc.record({ e: reals(shape), mean: reals([], { min: 0.5, max: 40 }) }).map((inputs) => ({
    inputs,
    f: (all) => negativeBinomialDraw(inputOf(all, 'e'), inputOf(all, 'mean'), tf.scalar(1.5)),
  })),
);

const multinomials: fc.Arbitrary<Use> = fc.constantFrom<Shape>([3], [1], [2, 3]).chain((shape) =>
  fc.record({ e: reals(shape), logits: reals(shape) }).map((inputs) => ({
    inputs,
    f: (all) => multinomialDraw(inputOf(all, 'e'), tf.scalar(12), inputOf(all, 'logits')),
  })),
);

const wholes: fc.Arbitrary<Use> = shapes.chain((shape) =>
  fc
    .record({
      u: reals(shape, { min: 0.05, max: 0.95 }),
      v: reals(shape, { min: 0.05, max: 0.95 }),
    })
    .map((inputs) => ({
      inputs,
      f: (all) => wholeDraw(inputOf(all, 'u'), inputOf(all, 'v'), tf.scalar(9)),
    })),
);

const quantiles: fc.Arbitrary<Use> = shapes.chain((shape) =>
  fc
    .record({
      u: reals(shape, { min: 0.05, max: 0.95 }),
      low: reals([], { min: -2, max: -0.2 }),
      high: reals(shape, { min: 0.2, max: 2 }),
    })
    .map((inputs) => ({
      inputs,
      f: (all) =>
        truncatedNormalQuantile(inputOf(all, 'u'), inputOf(all, 'low'), inputOf(all, 'high')),
    })),
);

const roots: fc.Arbitrary<Use> = fc
  .tuple(shapes, fc.constantFrom([0.1, 0.8], [1.2, 6]))
  .chain(([shape, [min = 0, max = 0]]) =>
    fc.record({ t: reals(shape), k: reals([], { min, max }) }).map((inputs) => ({
      inputs,
      f: (all) => tanhRoot(inputOf(all, 't'), inputOf(all, 'k')),
    })),
  );

kernelLaws('special', room, [
  { kernel: 'IncompleteGamma', uses: shares },
  { kernel: 'PoissonQuantile', uses: poissons },
  { kernel: 'BinomialQuantile', uses: binomials },
  { kernel: 'NegativeBinomialQuantile', uses: negativeBinomials },
  { kernel: 'MultinomialQuantile', uses: multinomials },
  { kernel: 'WholeUniform', uses: wholes },
  { kernel: 'TruncatedNormalQuantile', uses: quantiles },
  { kernel: 'TanhRoot', uses: roots },
]);
