/**
 * Generators of cases and laws for tests of programs, guides, objectives and new families. The entry
 * `marginalia/testing`, which needs `fast-check`; the laws alone are `marginalia/testing/laws`.
 *
 * Every law is listed in `laws` (`catalogue.ts`) and on the page `docs/testing-your-model.md`.
 */
export {
  type DistributionCase,
  bernoulliCases,
  caseOf,
  categoricalCases,
  deltaCases,
  multivariateNormalCases,
  normalCases,
  oneHotCategoricalCases,
  uniformCases,
} from './arbitraries.js';
export { type BijectorCase, bijectorCases } from './bijector-arbitraries.js';
export {
  distributionCases,
  expandCases,
  independentCases,
  maskCases,
  mixtureCases,
  transformedCases,
} from './combinator-arbitraries.js';
export {
  betaCases,
  dirichletCases,
  exponentialCases,
  gammaCases,
  halfCauchyCases,
  halfNormalCases,
  logNormalCases,
  studentTCases,
} from './continuous-arbitraries.js';
export { type ConjugatePair, conjugatePairs } from './conjugate-arbitraries.js';
export { type DiscreteGraph, discreteGraphs } from './discrete-arbitraries.js';
export { type GuideCase, guidesFor } from './guide-arbitraries.js';
export * from './laws.js';
export * from './linear-gaussian/index.js';
export { batchShapes, numbersIn } from './number-arbitraries.js';
export { valuesOf, valuesWithin } from './value-arbitraries.js';
