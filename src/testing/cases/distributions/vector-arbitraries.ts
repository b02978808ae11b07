/** Random laws of vectors, matrices and series beyond the first, as labelled cases. */
import * as fc from 'fast-check';
import type { Distribution, Shape } from '../../../../dsl/index.js';
import {
  autoregressive,
  gaussianRandomWalk,
  inverseWishartCholesky,
  lkjCholesky,
  lowRankMultivariateNormal,
  multivariateStudentT,
  wishartCholesky,
} from '../../../../dsl/distributions/index.js';
import type { Numbers } from '../../statistics/numbers.js';
import { type DistributionCase, caseOf, factorOf } from './family-arbitraries.js';
import { batchShapes, narrowed, numbersIn, shapePairs } from './number-arbitraries.js';

type Cases<D extends Distribution> = fc.Arbitrary<DistributionCase<D>>;

const sizes = fc.integer({ min: 1, max: 3 });

/** Lower-triangular factors of k rows over a batch shape, near the identity. */
const factorsOver = (batch: Shape, k: number): fc.Arbitrary<Numbers> =>
  fc
    .tuple(numbersIn([...batch, k], -0.5, 0.5), numbersIn([...batch, (k * (k - 1)) / 2], -0.5, 0.5))
    .map(([logScale, lower]) => factorOf(k, logScale, lower));

/** Random multivariate normals by a factor of one or two columns and a diagonal. */
export const lowRankMultivariateNormalCases: Cases<ReturnType<typeof lowRankMultivariateNormal>> =
  fc.tuple(sizes, fc.integer({ min: 1, max: 2 }), batchShapes).chain(([k, rank, batch]) =>
    fc
      .tuple(narrowed(batch), shapePairs(batch))
      .chain(([a, [b, c]]) =>
        fc.tuple(
          numbersIn([...a, k], -3, 3),
          numbersIn([...b, k, rank], -1, 1),
          numbersIn([...c, k], 0.25, 2),
        ),
      )
      .map((parameters) =>
        caseOf(`lowRankMultivariateNormal(${k})`, parameters, ([m = [], w = [], d = []]) =>
          lowRankMultivariateNormal(m, w, d),
        ),
      ),
  );

/** Random multivariate t laws. */
export const multivariateStudentTCases: Cases<ReturnType<typeof multivariateStudentT>> = fc
  .tuple(sizes, batchShapes)
  .chain(([k, batch]) =>
    fc
      .tuple(narrowed(batch), shapePairs(batch))
      .chain(([a, [b, c]]) =>
        fc.tuple(numbersIn(a, 5, 20), numbersIn([...b, k], -3, 3), factorsOver(c, k)),
      )
      .map((parameters) =>
        caseOf(`multivariateStudentT(${k})`, parameters, ([df = 5, m = [], l = []]) =>
          multivariateStudentT(df, m, l),
        ),
      ),
  );

/** Random laws of factors of correlations of two and three numbers. */
export const lkjCholeskyCases: Cases<ReturnType<typeof lkjCholesky>> = fc
  .tuple(fc.integer({ min: 2, max: 3 }), batchShapes)
  .chain(([dimension, batch]) =>
    numbersIn(batch, 0.5, 4).map((concentration) =>
      caseOf(`lkjCholesky(${dimension})`, [concentration], ([eta = 1]) =>
        lkjCholesky(dimension, eta),
      ),
    ),
  );

/** Laws of factors of one or two rows, by degrees of freedom and a factor of their scale. */
const factorCases = <D extends Distribution>(
  label: string,
  least: number,
  make: (...of: Parameters<typeof wishartCholesky>) => D,
): Cases<D> =>
  fc.tuple(fc.integer({ min: 1, max: 2 }), batchShapes).chain(([k, batch]) =>
    shapePairs(batch)
      .chain(([a, b]) => fc.tuple(numbersIn(a, least, least + 6), factorsOver(b, k)))
      .map((parameters) =>
        caseOf(`${label}(${k})`, parameters, ([nu = least, l = []]) => make(nu, l)),
      ),
  );

/** Random laws of factors of Wishart matrices. */
export const wishartCholeskyCases = factorCases('wishartCholesky', 2, wishartCholesky);
/** Random laws of factors of inverse Wishart matrices whose entries have four moments. */
export const inverseWishartCholeskyCases = factorCases(
  'inverseWishartCholesky',
  10,
  inverseWishartCholesky,
);

/** Random autoregressive series of three numbers with one or two coefficients, from zeros or from numbers before. */
export const autoregressiveCases: Cases<ReturnType<typeof autoregressive>> = fc
  .tuple(fc.integer({ min: 1, max: 2 }), batchShapes, fc.boolean())
  .chain(([order, batch, isStarted]) =>
    fc
      .tuple(narrowed(batch), shapePairs(batch))
      .chain(([a, [b, c]]) =>
        fc.tuple(
          numbersIn([...a, order], -0.75, 0.75),
          numbersIn(b, 0.25, 3),
          numbersIn([...(isStarted ? c : b), order], -2, 2),
        ),
      )
      .map(([coefficients, scale, initial]) =>
        isStarted
          ? caseOf(
              `autoregressive(${order}) from numbers`,
              [coefficients, scale, initial],
              ([phi = [], s = 1, before = []]) => autoregressive(phi, s, 3, { initial: before }),
            )
          : caseOf(`autoregressive(${order})`, [coefficients, scale], ([phi = [], s = 1]) =>
              autoregressive(phi, s, 3),
            ),
      ),
  );

/** Random walks of three numbers. */
export const gaussianRandomWalkCases: Cases<ReturnType<typeof gaussianRandomWalk>> =
  batchShapes.chain((batch) =>
    numbersIn(batch, 0.25, 3).map((scale) =>
      caseOf('gaussianRandomWalk', [scale], ([s = 1]) => gaussianRandomWalk(s, 3)),
    ),
  );
