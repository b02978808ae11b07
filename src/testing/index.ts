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
} from './cases/arbitraries.js';
export type { BoundCase, CaseRows, Feature, Recipe } from './cases/bound-case.js';
export { type BijectorCase, bijectorCases } from './cases/bijector-arbitraries.js';
export {
  distributionCases,
  expandCases,
  independentCases,
  maskCases,
  mixtureCases,
  transformedCases,
} from './cases/combinator-arbitraries.js';
export {
  betaCases,
  dirichletCases,
  exponentialCases,
  gammaCases,
  halfCauchyCases,
  halfNormalCases,
  logNormalCases,
  studentTCases,
} from './cases/continuous-arbitraries.js';
export { type ConjugatePair, conjugatePairs } from './cases/conjugate-arbitraries.js';
export { type DiscreteGraph, discreteGraphs } from './cases/discrete-arbitraries.js';
export { type GuideCase, guidesFor } from './cases/guide-arbitraries.js';
export * from './laws.js';
export * from './cases/linear-gaussian/index.js';
export { batchShapes, numbersIn } from './cases/number-arbitraries.js';
export { valuesOf, valuesWithin } from './cases/value-arbitraries.js';
