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
  betaBinomialCases,
  binomialCases,
  geometricCases,
  negativeBinomialCases,
  poissonCases,
} from './count-arbitraries.js';
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
export {
  cauchyCases,
  chi2Cases,
  gumbelCases,
  halfStudentTCases,
  inverseGammaCases,
  kumaraswamyCases,
  logisticCases,
  logitNormalCases,
  paretoCases,
  truncatedNormalCases,
  weibullCases,
} from './scalar-arbitraries.js';
export { valuesOf, valuesWithin } from './value-arbitraries.js';
