/**
 * Random distributions as labelled cases, for property tests. Magnitudes stay between about 0.1 and
 * 10, so that float32 keeps four digits of every law.
 */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import type { Distribution, Shape, Tensor } from '../../../../dsl/index.js';
import { realVector } from '../../../../dsl/index.js';
import {
  bernoulli,
  categorical,
  delta,
  multivariateNormal,
  normal,
  oneHotCategorical,
  orderedLogistic,
  uniform,
} from '../../../../dsl/distributions/index.js';
import { batchShapes, numbersIn, shapePairs } from './number-arbitraries.js';
import { type Numbers, toTensor } from '../../statistics/numbers.js';
import type { Parametrised } from '../../distributions/subject.js';

/** A distribution with the values of its parameters, which `make` puts in. */
export interface DistributionCase<D extends Distribution = Distribution> extends Parametrised<D> {
  readonly label: string;
  readonly make: () => D;
}

/** A case from its parts. */
export const caseOf = <D extends Distribution>(
  label: string,
  parameters: readonly Numbers[],
  from: (parameters: readonly Tensor[]) => D,
): DistributionCase<D> => ({
  label,
  parameters,
  from,
  make: () => from(parameters.map(toTensor)),
});

/** Random cases over a batch shape; `C` is inferred from the family. */
export type CasesOver<D extends Distribution> = (batch: Shape) => fc.Arbitrary<DistributionCase<D>>;

/** Normals with locations within `reach` and scales from `low` to `high`. */
export const normalsWithin =
  (reach: number, low: number, high: number): CasesOver<ReturnType<typeof normal>> =>
  (batch) =>
    shapePairs(batch)
      .chain(([a, b]) => fc.tuple(numbersIn(a, -reach, reach), numbersIn(b, low, high)))
      .map((parameters) =>
        caseOf('normal', parameters, ([loc = 0, scale = 1]) => normal(loc, scale)),
      );

/** Normals over a batch shape. */
export const normalsOver = normalsWithin(3, 0.25, 3);

/** Bernoullis over a batch shape, by logits or by probabilities. */
export const bernoullisOver: CasesOver<ReturnType<typeof bernoulli>> = (batch) =>
  fc.oneof(
    numbersIn(batch, -4, 4).map((p) =>
      caseOf('bernoulli by logits', [p], ([logits = 0]) => bernoulli({ logits })),
    ),
    numbersIn(batch, 0.05, 0.95).map((p) =>
      caseOf('bernoulli by probs', [p], ([probs = 0]) => bernoulli({ probs })),
    ),
  );

/** Categoricals over `classes` classes and a batch shape, by logits or by probabilities. */
export const categoricalsOver =
  (classes: number): CasesOver<ReturnType<typeof categorical>> =>
  (batch) =>
    fc.oneof(
      numbersIn([...batch, classes], -2, 2).map((p) =>
        caseOf('categorical by logits', [p], ([logits = []]) => categorical({ logits })),
      ),
      numbersIn([...batch, classes], 0.1, 2).map((p) =>
        caseOf('categorical by probs', [p], ([probs = []]) => categorical({ probs })),
      ),
    );

/** One-hot categoricals over `classes` classes and a batch shape, by logits or by probabilities. */
const oneHotCategoricalsOver =
  (classes: number): CasesOver<ReturnType<typeof oneHotCategorical>> =>
  (batch) =>
    fc.oneof(
      numbersIn([...batch, classes], -2, 2).map((p) =>
        caseOf('one-hot by logits', [p], ([logits = []]) => oneHotCategorical({ logits })),
      ),
      numbersIn([...batch, classes], 0.1, 2).map((p) =>
        caseOf('one-hot by probs', [p], ([probs = []]) => oneHotCategorical({ probs })),
      ),
    );

/** Uniforms over a batch shape, with bounds that are tensors. */
export const uniformsOver: CasesOver<
  Distribution<ReturnType<typeof uniform>['support'], 'pathwise'>
> = (batch) =>
  shapePairs(batch)
    .chain(([a, b]) => fc.tuple(numbersIn(a, -3, 0), numbersIn(b, 0.5, 4)))
    .map((parameters) =>
      caseOf('uniform', parameters, ([low = 0, high = 1]) => uniform(low, high)),
    );

const uniformWithNumbers = fc
  .tuple(fc.integer({ min: -12, max: 8 }), fc.integer({ min: 1, max: 16 }))
  .map(([low, width]) =>
    caseOf('uniform between numbers', [], () => uniform(low / 4, (low + width) / 4)),
  );

const deltasOver = (batch: Shape): fc.Arbitrary<DistributionCase> =>
  fc.oneof(
    numbersIn(batch, -3, 3).map((p) => caseOf('delta', [p], ([value = 0]) => delta(value))),
    numbersIn([...batch, 2], -3, 3).map((p) =>
      caseOf('delta of a vector', [p], ([value = []]) => delta(value, { support: realVector })),
    ),
  );

/** A lower-triangular factor, row by row, from log diagonals and lower entries for each batch. */
export const factorOf = (k: number, logScale: Numbers, lower: Numbers): Numbers => {
  const below = (k * (k - 1)) / 2;
  const count = logScale.values.length / k;
  const entry = (b: number, i: number, j: number): number =>
    i === j
      ? Math.exp(logScale.values[b * k + i] ?? 0)
      : (lower.values[b * below + (i * (i - 1)) / 2 + j] ?? 0);
  return {
    shape: [...logScale.shape, k],
    values: Array.from({ length: count * k * k }, (_, at) => {
      const [b, i, j] = [Math.floor(at / (k * k)), Math.floor(at / k) % k, at % k];
      return j > i ? 0 : Math.fround(entry(b, i, j));
    }),
  };
};

/** L Lᵀ, in double precision. */
const squareOf = (k: number, { shape, values }: Numbers): Numbers => ({
  shape,
  values: values.map((_, at) => {
    const [b, i, j] = [Math.floor(at / (k * k)), Math.floor(at / k) % k, at % k];
    const entry = (row: number, l: number): number => values[b * k * k + row * k + l] ?? 0;
    return Array.from({ length: k }, (__, l) => entry(i, l) * entry(j, l)).reduce(
      (a, c) => a + c,
      0,
    );
  }),
});

/** Multivariate normals of `k` numbers over a batch shape, by factor, covariance or log scales. */
export const multivariateNormalsOver =
  (k: number): CasesOver<ReturnType<typeof multivariateNormal>> =>
  (batch) =>
    shapePairs(batch)
      .chain(([a, b]) =>
        fc.tuple(
          numbersIn([...a, k], -3, 3),
          numbersIn([...b, k], -0.7, 0.7),
          numbersIn([...b, (k * (k - 1)) / 2], -0.5, 0.5),
        ),
      )
      .chain(([loc, logScale, lower]) => {
        const factor = factorOf(k, logScale, lower);
        return fc.constantFrom(
          caseOf(`multivariateNormal(${k}) by factor`, [loc, factor], ([m = [], s = []]) =>
            multivariateNormal(m, { scaleTril: s }),
          ),
          caseOf(
            `multivariateNormal(${k}) by covariance`,
            [loc, squareOf(k, factor)],
            ([m = [], s = []]) => multivariateNormal(m, { covariance: s }),
          ),
          caseOf(
            `multivariateNormal(${k}) by precision`,
            [loc, squareOf(k, factor)],
            ([m = [], s = []]) => multivariateNormal(m, { precision: s }),
          ),
          caseOf(
            `multivariateNormal(${k}) by the factor of a precision`,
            [loc, factor],
            ([m = [], s = []]) => multivariateNormal(m, { precisionCholesky: s }),
          ),
          caseOf(
            `multivariateNormal(${k}) by log scale`,
            [loc, logScale, lower],
            ([m = [], s = [], l = []]) => multivariateNormal(m, { logScale: s, lower: l }),
          ),
        );
      });

const sizes = fc.integer({ min: 1, max: 3 });

/** Random normals. */
export const normalCases = batchShapes.chain(normalsOver);
/** Random Bernoullis. */
export const bernoulliCases = batchShapes.chain(bernoullisOver);
/** Random categoricals of one to five classes. */
export const categoricalCases = fc
  .tuple(fc.integer({ min: 1, max: 5 }), batchShapes)
  .chain(([classes, batch]) => categoricalsOver(classes)(batch));
/** Random one-hot categoricals of one to four classes. */
export const oneHotCategoricalCases = fc
  .tuple(fc.integer({ min: 1, max: 4 }), batchShapes)
  .chain(([classes, batch]) => oneHotCategoricalsOver(classes)(batch));
/** Random uniforms, with bounds that are tensors or numbers. */
export const uniformCases: fc.Arbitrary<DistributionCase> = fc.oneof(
  batchShapes.chain(uniformsOver),
  uniformWithNumbers,
);
/** Random point masses. */
export const deltaCases = batchShapes.chain(deltasOver);
/** Random multivariate normals of one to three numbers. */
export const multivariateNormalCases = fc
  .tuple(sizes, batchShapes)
  .chain(([k, batch]) => multivariateNormalsOver(k)(batch));
/** Random ordered logistics over two to four classes. */
export const orderedLogisticCases = fc
  .tuple(fc.integer({ min: 1, max: 3 }), batchShapes)
  .chain(([cuts, batch]) =>
    fc
      .tuple(numbersIn(batch, -2, 2), numbersIn([cuts], 0.25, 2))
      .map((parameters) =>
        caseOf(
          `orderedLogistic of ${cuts}`,
          parameters,
          ([predictor = 0, steps = tf.ones([1])]) =>
            orderedLogistic(predictor, tf.sub(tf.cumsum(steps, steps.rank - 1), 1)),
        ),
      ),
  );
