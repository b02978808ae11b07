/** Random laws on the half line, the unit interval, the simplex and with heavy tails, as labelled cases. */
import * as fc from 'fast-check';
import type { Tensor } from '../../../../dsl/index.js';
import {
  beta,
  dirichlet,
  exponential,
  gamma,
  halfCauchy,
  halfNormal,
  laplace,
  logNormal,
  studentT,
} from '../../../../dsl/distributions/index.js';
import { type CasesOver, caseOf } from './family-arbitraries.js';
import { batchShapes, narrowed, numbersIn, shapePairs } from './number-arbitraries.js';

/** Cases of a family with one parameter, from `low` to `high`. */
const withOne =
  <D extends ReturnType<typeof exponential>>(
    label: string,
    [low, high]: readonly [number, number],
    make: (parameter: Tensor | number) => D,
  ): CasesOver<D> =>
  (batch) =>
    numbersIn(batch, low, high).map((p) => caseOf(label, [p], ([x = 1]) => make(x)));

/** Exponentials over a batch shape. */
const exponentialsOver = withOne('exponential', [0.25, 4], exponential);
/** Half-normals over a batch shape. */
export const halfNormalsOver = withOne('halfNormal', [0.25, 3], halfNormal);
/** Half-Cauchys over a batch shape. */
const halfCauchysOver = withOne('halfCauchy', [0.25, 3], halfCauchy);

/** Gammas over a batch shape, with concentrations on both sides of 1. */
const gammasOver: CasesOver<ReturnType<typeof gamma>> = (batch) =>
  shapePairs(batch)
    .chain(([a, b]) => fc.tuple(numbersIn(a, 0.25, 8), numbersIn(b, 0.25, 4)))
    .map((parameters) => caseOf('gamma', parameters, ([a = 1, b = 1]) => gamma(a, b)));

/** Betas over a batch shape, with densities that are bounded and that are not. */
export const betasOver: CasesOver<ReturnType<typeof beta>> = (batch) =>
  shapePairs(batch)
    .chain(([a, b]) => fc.tuple(numbersIn(a, 0.5, 6), numbersIn(b, 0.5, 6)))
    .map((parameters) => caseOf('beta', parameters, ([a = 1, b = 1]) => beta(a, b)));

/** Dirichlets of `classes` shares over a batch shape. */
const dirichletsOver =
  (classes: number): CasesOver<ReturnType<typeof dirichlet>> =>
  (batch) =>
    numbersIn([...batch, classes], 0.5, 6).map((p) =>
      caseOf(`dirichlet(${classes})`, [p], ([a = []]) => dirichlet(a)),
    );

/** Laplace laws over a batch shape. */
const laplacesOver: CasesOver<ReturnType<typeof laplace>> = (batch) =>
  shapePairs(batch)
    .chain(([a, b]) => fc.tuple(numbersIn(a, -3, 3), numbersIn(b, 0.25, 3)))
    .map((parameters) =>
      caseOf('laplace', parameters, ([loc = 0, scale = 1]) => laplace(loc, scale)),
    );

/** Log-normals over a batch shape. */
const logNormalsOver: CasesOver<ReturnType<typeof logNormal>> = (batch) =>
  shapePairs(batch)
    .chain(([a, b]) => fc.tuple(numbersIn(a, -1, 1), numbersIn(b, 0.25, 0.75)))
    .map((parameters) =>
      caseOf('logNormal', parameters, ([loc = 0, scale = 1]) => logNormal(loc, scale)),
    );

/** Student's t laws over a batch shape. */
const studentTsOver: CasesOver<ReturnType<typeof studentT>> = (batch) =>
  fc
    .tuple(narrowed(batch), shapePairs(batch))
    .chain(([a, [b, c]]) =>
      fc.tuple(numbersIn(a, 4, 20), numbersIn(b, -3, 3), numbersIn(c, 0.25, 3)),
    )
    .map((parameters) =>
      caseOf('studentT', parameters, ([df = 3, loc = 0, scale = 1]) => studentT(df, loc, scale)),
    );

/** Random exponentials. */
export const exponentialCases = batchShapes.chain(exponentialsOver);
/** Random half-normals. */
export const halfNormalCases = batchShapes.chain(halfNormalsOver);
/** Random half-Cauchys. */
export const halfCauchyCases = batchShapes.chain(halfCauchysOver);
/** Random gammas. */
export const gammaCases = batchShapes.chain(gammasOver);
/** Random betas. */
export const betaCases = batchShapes.chain(betasOver);
/** Random Dirichlets of one to four shares. */
export const dirichletCases = fc
  .tuple(fc.integer({ min: 1, max: 4 }), batchShapes)
  .chain(([classes, batch]) => dirichletsOver(classes)(batch));
/** Random Laplace laws. */
export const laplaceCases = batchShapes.chain(laplacesOver);
/** Random log-normals. */
export const logNormalCases = batchShapes.chain(logNormalsOver);
/** Random Student's t laws. */
export const studentTCases = batchShapes.chain(studentTsOver);
