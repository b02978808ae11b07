/** Law kits and arbitraries for tests of programs and new families. The entry `marginalia/testing`. */
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
export { type BijectorLawOptions, checkBijector } from './bijector-laws.js';
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
export { checkDistribution, checkDistributionCase } from './distribution-laws.js';
export * from './linear-gaussian/index.js';
export { batchShapes, numbersIn } from './number-arbitraries.js';
export { type Numbers, toNumbers, toTensor } from './numbers.js';
export type { DistributionLawOptions, Parametrised } from './subject.js';
export { valuesOf, valuesWithin } from './value-arbitraries.js';
