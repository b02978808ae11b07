/** Special functions on the host: their derivatives, batching and executors. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import {
  binomialCount,
  binomialDraw,
  multinomialDraw,
  negativeBinomialCount,
  negativeBinomialDraw,
  poissonDraw,
  wholeDraw,
} from '../../dsl/numerics/count-quantile.js';
import { betaLogitQuantile } from '../../dsl/numerics/incomplete-beta.js';
import { logGammaQuantileOf } from '../../dsl/numerics/incomplete-gamma.js';
import {
  studentTCdf,
  studentTLogCdf,
  studentTQuantile,
  studentTQuantileOfLog,
  studentTWithin,
  studentTWithinQuantile,
} from '../../dsl/numerics/shares/student-t-function.js';
import { tanhRoot } from '../../dsl/numerics/tanh-root.js';
import { scaledExpint } from '../../dsl/numerics/exponential-integral.js';
import { truncatedNormalQuantile } from '../../dsl/numerics/truncated-normal.js';
import { type Shape, betainc, betaincc, gammainc, gammaincc } from 'marginalia/tensors';
import { angleAfter, shareBetweenAngles } from '../../dsl/numerics/shares/von-mises.js';
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

const expints: fc.Arbitrary<Use> = shapes.chain((shape) =>
  fc.record({ x: reals(shape, { min: 0.2, max: 6 }) }).map((inputs) => ({
    inputs,
    f: (all) => scaledExpint(inputOf(all, 'x')),
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

const betas: fc.Arbitrary<Use> = fc
  .tuple(fc.constantFrom<Shape>([], [2]), fc.boolean())
  .chain(([shape, upper]) =>
    fc
      .record({
        a: reals([], { min: 0.5, max: 6 }),
        b: reals(shape, { min: 0.5, max: 6 }),
        x: reals(shape, { min: 0.1, max: 0.9 }),
      })
      .map((inputs) => ({
        inputs,
        f: (all) =>
          (upper ? betaincc : betainc)(inputOf(all, 'a'), inputOf(all, 'b'), inputOf(all, 'x')),
        told: { upper },
      })),
  );

const betaQuantiles: fc.Arbitrary<Use> = shapes.chain((shape) =>
  fc
    .record({
      u: reals(shape, { min: 0.05, max: 0.95 }),
      a: reals([], { min: 0.5, max: 6 }),
      b: reals(shape, { min: 0.5, max: 6 }),
    })
    .map((inputs) => ({
      inputs,
      f: (all) => betaLogitQuantile(inputOf(all, 'u'), inputOf(all, 'a'), inputOf(all, 'b')),
    })),
);

const gammaQuantiles: fc.Arbitrary<Use> = fc
  .tuple(shapes, fc.constantFrom('below', 'above'))
  .chain(([shape, side]) =>
    fc
      .record({
        u: reals(shape, { min: 0.05, max: 0.95 }),
        a: reals([], { min: 0.5, max: 6 }),
      })
      .map((inputs) => ({
        inputs,
        f: (all) => logGammaQuantileOf(side, inputOf(all, 'u'), inputOf(all, 'a')),
        told: { side },
      })),
  );

const studentShares: fc.Arbitrary<Use> = fc
  .tuple(shapes, fc.constantFrom('share', 'log', 'within'))
  .chain(([shape, what]) =>
    fc
      .record({
        t: reals(shape, { min: what === 'within' ? 0.2 : -3, max: 3 }),
        df: reals([], { min: 0.7, max: 9 }),
      })
      .map((inputs) => ({
        inputs,
        f: (all) => {
          const f = { share: studentTCdf, log: studentTLogCdf, within: studentTWithin }[what];
          return f(inputOf(all, 't'), inputOf(all, 'df'));
        },
        told: { what },
      })),
  );

const studentQuantiles: fc.Arbitrary<Use> = fc
  .tuple(shapes, fc.constantFrom('share', 'log', 'within'))
  .chain(([shape, by]) =>
    fc
      .record({
        u: reals(shape, { min: 0.05, max: 0.45 }),
        df: reals([], { min: 0.7, max: 9 }),
      })
      .map((inputs) => ({
        inputs,
        f: (all) => {
          const [u, df] = [inputOf(all, 'u'), inputOf(all, 'df')];
          if (by === 'log') return studentTQuantileOfLog(tf.log(u), df);
          return by === 'share' ? studentTQuantile(u, df) : studentTWithinQuantile(u, df);
        },
        told: { by },
      })),
  );

const counts: fc.Arbitrary<Use> = fc.tuple(shapes, fc.boolean()).chain(([shape, isNegative]) =>
  fc
    .record({ u: reals(shape, { min: 0.05, max: 0.95 }), p: reals([], { min: 0.2, max: 0.8 }) })
    .map((inputs) => ({
      inputs,
      f: (all) => {
        const [u, p] = [inputOf(all, 'u'), inputOf(all, 'p')];
        const count = isNegative ? negativeBinomialCount : binomialCount;
        return count(u, tf.scalar(7), p, tf.sub(1, p));
      },
      told: { isNegative },
    })),
);

const angles: fc.Arbitrary<Use> = fc
  .tuple(shapes, fc.constantFrom('share', 'angle'))
  .chain(([shape, what]) =>
    fc
      .record({
        x: reals(shape, { min: 0.1, max: 0.9 }),
        from: reals(shape, { min: -3, max: -0.5 }),
        k: reals([], { min: 0.5, max: 4 }),
      })
      .map((inputs) => ({
        inputs,
        f: (all) => {
          const [x, from, k] = [inputOf(all, 'x'), inputOf(all, 'from'), inputOf(all, 'k')];
          if (what === 'angle') return angleAfter(x, from, k);
          return shareBetweenAngles(from, tf.add(tf.mul(x, 3), from), k);
        },
        told: { what },
      })),
  );

kernelLaws('special', room, [
  { kernel: 'IncompleteGamma', uses: shares },
  { kernel: 'GammaQuantile', uses: gammaQuantiles },
  { kernel: 'IncompleteBeta', uses: betas },
  { kernel: 'BetaQuantile', uses: betaQuantiles },
  { kernel: 'StudentTShare', uses: studentShares },
  { kernel: 'StudentTQuantile', uses: studentQuantiles },
  { kernel: 'NegativeBinomialCount', uses: counts },
  { kernel: 'BinomialCount', uses: counts },
  { kernel: 'VonMisesShare', uses: angles },
  { kernel: 'VonMisesQuantile', uses: angles },
  { kernel: 'ScaledExpint', uses: expints, smooth: true },
  { kernel: 'PoissonQuantile', uses: poissons },
  { kernel: 'BinomialQuantile', uses: binomials },
  { kernel: 'NegativeBinomialQuantile', uses: negativeBinomials },
  { kernel: 'MultinomialQuantile', uses: multinomials },
  { kernel: 'WholeUniform', uses: wholes },
  { kernel: 'TruncatedNormalQuantile', uses: quantiles },
  { kernel: 'TanhRoot', uses: roots },
]);
