/** Random distributions, bijectors, values and shapes. */
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
  laplaceCases,
  logNormalCases,
  studentTCases,
} from './continuous-arbitraries.js';
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
} from './family-arbitraries.js';
export { batchShapes, numbersIn } from './number-arbitraries.js';
export { valuesOf, valuesWithin } from './value-arbitraries.js';
