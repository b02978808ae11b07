/** Random laws of every family: the one list. */
import {
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
import {
  betaBinomialCases,
  binomialCases,
  geometricCases,
  negativeBinomialCases,
  poissonCases,
} from './count-arbitraries.js';
import {
  bernoulliCases,
  categoricalCases,
  deltaCases,
  multivariateNormalCases,
  normalCases,
  oneHotCategoricalCases,
  uniformCases,
} from './family-arbitraries.js';
import {
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

/**
 * Random laws of every family, over random parameters, by the name of what makes them.
 *
 * @example
 * ```ts
 * fc.assert(fc.property(familyCases.normal, (tried) => checkDistributionCase(tried)), { numRuns: 2 });
 * fc.sample(familyCases.gamma, { numRuns: 1, seed: 1 })[0]?.make().family.name; // 'Gamma'
 * ```
 */
export const familyCases = {
  normal: normalCases,
  multivariateNormal: multivariateNormalCases,
  bernoulli: bernoulliCases,
  categorical: categoricalCases,
  oneHotCategorical: oneHotCategoricalCases,
  uniform: uniformCases,
  delta: deltaCases,
  exponential: exponentialCases,
  halfNormal: halfNormalCases,
  halfCauchy: halfCauchyCases,
  gamma: gammaCases,
  beta: betaCases,
  dirichlet: dirichletCases,
  laplace: laplaceCases,
  logNormal: logNormalCases,
  studentT: studentTCases,
  cauchy: cauchyCases,
  chi2: chi2Cases,
  gumbel: gumbelCases,
  halfStudentT: halfStudentTCases,
  inverseGamma: inverseGammaCases,
  kumaraswamy: kumaraswamyCases,
  logistic: logisticCases,
  logitNormal: logitNormalCases,
  pareto: paretoCases,
  truncatedNormal: truncatedNormalCases,
  weibull: weibullCases,
  betaBinomial: betaBinomialCases,
  binomial: binomialCases,
  geometric: geometricCases,
  negativeBinomial: negativeBinomialCases,
  poisson: poissonCases,
};
