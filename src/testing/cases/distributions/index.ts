/** Random distributions, bijectors, values and shapes. */
export { type BijectorCase, bijectorCases } from './bijector-arbitraries.js';
export {
  censoredCases,
  distributionCases,
  expandCases,
  hurdleCases,
  independentCases,
  maskCases,
  mixtureCases,
  transformedCases,
  truncatedCases,
  zeroInflatedCases,
} from './combinator-arbitraries.js';
export { type DistributionCase, caseOf } from './family-arbitraries.js';
export { familyCases } from './family-cases.js';
export { batchShapes, numbersIn } from './number-arbitraries.js';
export { valuesOf, valuesWithin } from './value-arbitraries.js';
