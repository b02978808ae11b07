/** Random laws of one number by two parameters or one, beyond the first families, as labelled cases. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import type { Distribution, Tensor } from '../../../../dsl/index.js';
import {
  asymmetricLaplace,
  betaProportion,
  cauchy,
  chi2,
  gompertz,
  gumbel,
  halfLogistic,
  halfStudentT,
  inverseGamma,
  kumaraswamy,
  levy,
  logUniform,
  logistic,
  logitNormal,
  pareto,
  softLaplace,
  truncatedNormal,
  vonMises,
  weibull,
} from '../../../../dsl/distributions/index.js';
import { type CasesOver, type DistributionCase, caseOf } from './family-arbitraries.js';
import { batchShapes, numbersIn, shapePairs } from './number-arbitraries.js';

type Range = readonly [low: number, high: number];

/** Cases of a family with two parameters, each within its range. */
export const withTwo =
  <D extends Distribution>(
    label: string,
    [low, high]: Range,
    [least, most]: Range,
    make: (a: Tensor | number, b: Tensor | number) => D,
  ): CasesOver<D> =>
  (batch) =>
    shapePairs(batch)
      .chain(([a, b]) => fc.tuple(numbersIn(a, low, high), numbersIn(b, least, most)))
      .map((parameters) => caseOf(label, parameters, ([a = 1, b = 1]) => make(a, b)));

const over = <D extends Distribution>(cases: CasesOver<D>): fc.Arbitrary<DistributionCase<D>> =>
  batchShapes.chain(cases);

/** Random Cauchys. */
export const cauchyCases = over(withTwo('cauchy', [-3, 3], [0.25, 3], cauchy));
/** Random Gumbels. */
export const gumbelCases = over(withTwo('gumbel', [-3, 3], [0.25, 3], gumbel));
/** Random von Mises laws, about any angle. */
export const vonMisesCases = over(withTwo('vonMises', [-4, 4], [0.25, 4], vonMises));
/** Random logistics. */
export const logisticCases = over(withTwo('logistic', [-3, 3], [0.25, 3], logistic));
/** Random logit-normals. */
export const logitNormalCases = over(withTwo('logitNormal', [-1, 1], [0.25, 1.5], logitNormal));
/** Random Kumaraswamys. */
export const kumaraswamyCases = over(withTwo('kumaraswamy', [0.5, 5], [0.5, 5], kumaraswamy));
/** Random Weibulls, with densities that are bounded and that are not. */
export const weibullCases = over(withTwo('weibull', [0.25, 3], [0.5, 5], weibull));
/** Random inverse gammas. */
export const inverseGammaCases = over(withTwo('inverseGamma', [5, 12], [0.25, 4], inverseGamma));
/** Random half-Students. */
export const halfStudentTCases = over(withTwo('halfStudentT', [4, 20], [0.25, 3], halfStudentT));
/** Random chi-squares. */
export const chi2Cases = batchShapes.chain((batch) =>
  numbersIn(batch, 0.5, 12).map((p) => caseOf('chi2', [p], ([df = 1]) => chi2(df))),
);
/** Random truncated normals, with bounds that are tensors, and with numbers on one side, in a tail and about it. */
export const truncatedNormalCases: fc.Arbitrary<DistributionCase> = batchShapes.chain((batch) =>
  fc.oneof<fc.Arbitrary<DistributionCase>[]>(
    fc
      .tuple(numbersIn(batch, -1, 1), numbersIn(batch, 0.5, 2), numbersIn(batch, 1, 3))
      .map((parameters) =>
        caseOf('truncatedNormal', parameters, ([loc = 0, scale = 1, high = 1]) =>
          truncatedNormal(loc, scale, tf.neg(high), tf.mul(high, 1.5)),
        ),
      ),
    withTwo('truncatedNormal from a number', [-3, 1], [0.5, 2], (loc, scale) =>
      truncatedNormal(loc, scale, 0.5, Infinity),
    )(batch),
    withTwo('truncatedNormal to a number', [-1, 4], [0.5, 2], (loc, scale) =>
      truncatedNormal(loc, scale, -Infinity, 0.5),
    )(batch),
    withTwo('truncatedNormal between numbers', [-1, 1], [0.5, 2], (loc, scale) =>
      truncatedNormal(loc, scale, -1, 2),
    )(batch),
  ),
);
/** Random Paretos, with a scale that is a tensor or a number. */
export const paretoCases: fc.Arbitrary<DistributionCase> = fc.oneof(
  over(withTwo('pareto', [0.25, 3], [5, 12], pareto)),
  batchShapes.chain((batch) =>
    numbersIn(batch, 5, 12).map((p) =>
      caseOf('pareto from a number', [p], ([alpha = 3]) => pareto(1.5, alpha)),
    ),
  ),
);

/** Random soft Laplace laws. */
export const softLaplaceCases = over(withTwo('softLaplace', [-3, 3], [0.25, 3], softLaplace));
/** Random beta laws by their means. */
export const betaProportionCases = over(
  withTwo('betaProportion', [0.2, 0.8], [2, 12], betaProportion),
);
/** Random Gompertz laws, whose risk rises at once and late. */
export const gompertzCases = over(withTwo('gompertz', [0.1, 4], [0.25, 3], gompertz));
/** Random half-logistics. */
export const halfLogisticCases = batchShapes.chain((batch) =>
  numbersIn(batch, 0.25, 3).map((p) =>
    caseOf('halfLogistic', [p], ([scale = 1]) => halfLogistic(scale)),
  ),
);
/** Random Lévy laws from a number, by which their tails are charted. */
export const levyCases = batchShapes.chain((batch) =>
  fc
    .tuple(fc.constantFrom(-0.5, 2), numbersIn(batch, 0.25, 3))
    .map(([loc, p]) => caseOf('levy', [p], ([scale = 1]) => levy(loc, scale))),
);
/** Random asymmetric Laplace laws. */
export const asymmetricLaplaceCases = batchShapes.chain((batch) =>
  fc
    .tuple(numbersIn(batch, -3, 3), numbersIn([], 0.25, 2), numbersIn(batch, 0.5, 2))
    .map((parameters) =>
      caseOf('asymmetricLaplace', parameters, ([loc = 0, scale = 1, asymmetry = 1]) =>
        asymmetricLaplace(loc, scale, asymmetry),
      ),
    ),
);
/** Random log-uniforms, between tensors and between numbers. */
export const logUniformCases: fc.Arbitrary<DistributionCase> = fc.oneof(
  over(
    withTwo('logUniform', [0.25, 2], [1.5, 8], (low, times) => logUniform(low, tf.mul(low, times))),
  ),
  fc
    .integer({ min: 1, max: 8 })
    .map((n) => caseOf('logUniform between numbers', [], () => logUniform(n / 4, n))),
);
