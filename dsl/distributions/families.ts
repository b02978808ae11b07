/** Families by the name of what makes their laws, under the namespace `families`: `isOf(d, families.normal)`. */
export { bernoulliFamily as bernoulli } from './bernoulli.js';
export { betaFamily as beta } from './beta.js';
export { categoricalFamily as categorical } from './categorical.js';
export { dirichletFamily as dirichlet } from './dirichlet.js';
export { exponentialFamily as exponential } from './exponential.js';
export { gammaFamily as gamma } from './gamma.js';
export { halfCauchyFamily as halfCauchy } from './half-cauchy.js';
export { halfNormalFamily as halfNormal } from './half-normal.js';
export { laplaceFamily as laplace } from './laplace.js';
export { logNormalFamily as logNormal } from './log-normal.js';
export { multivariateNormalFamily as multivariateNormal } from './multivariate-normal.js';
export { normalFamily as normal } from './normal.js';
export { oneHotCategoricalFamily as oneHotCategorical } from './one-hot-categorical.js';
export { studentTFamily as studentT } from './student-t.js';
export { uniformFamily as uniform } from './uniform.js';
