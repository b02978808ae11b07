/** The language, as the engine uses it; `src/entries` has what users import. */
export * as bijectors from './bijectors/index.js';
export { bijectorTo } from './bijectors/to.js';
export { censored } from './combinators/censored.js';
export { expand } from './combinators/expand.js';
export { hurdle } from './combinators/hurdle.js';
export { independent } from './combinators/independent.js';
export { mask } from './combinators/mask.js';
export { mixture } from './combinators/mixture.js';
export { transformed } from './combinators/transformed.js';
export {
  zeroInflated,
  zeroInflatedNegativeBinomial2,
  zeroInflatedPoisson,
} from './combinators/zero-inflated.js';
export { choose, equal, greater, greaterEqual, less } from './tensors/comparison.js';
export type { CellNoise, Distribution, Gradient } from './law/distribution.js';
export { klDivergence } from './divergences/kl.js';
export type { Draw, Preimage } from './law/preimage.js';
export { bernoulli } from './distributions/classes/bernoulli.js';
export { orderedLogistic } from './distributions/classes/ordered-logistic.js';
export { betaBinomial } from './distributions/counts/beta-binomial.js';
export { binomial } from './distributions/counts/binomial.js';
export { dirichletMultinomial } from './distributions/counts/dirichlet-multinomial.js';
export { discreteUniform } from './distributions/counts/discrete-uniform.js';
export { geometric } from './distributions/counts/geometric.js';
export { negativeBinomial, negativeBinomial2 } from './distributions/counts/negative-binomial.js';
export { multinomial } from './distributions/counts/multinomial.js';
export { poisson } from './distributions/counts/poisson.js';
export { vonMises } from './distributions/circle/von-mises.js';
export { discretizedLogistic } from './distributions/counts/discretized-logistic.js';
export { continuousBernoulli } from './distributions/unit-interval/continuous-bernoulli.js';
export { relaxedBernoulli } from './distributions/unit-interval/relaxed-bernoulli.js';
export { relaxedOneHotCategorical } from './distributions/vectors/relaxed-one-hot-categorical.js';
export { beta } from './distributions/unit-interval/beta.js';
export { categorical } from './distributions/classes/categorical.js';
export { oneHotCategorical } from './distributions/classes/one-hot-categorical.js';
export { delta } from './distributions/delta.js';
export { dirichlet } from './distributions/vectors/dirichlet.js';
export { exponential } from './distributions/positive/exponential.js';
export { gamma } from './distributions/positive/gamma.js';
export { halfCauchy } from './distributions/positive/half-cauchy.js';
export { halfNormal } from './distributions/positive/half-normal.js';
export { logNormal } from './distributions/positive/log-normal.js';
export { multivariateNormal } from './distributions/vectors/multivariate-normal.js';
export { lowRankMultivariateNormal } from './distributions/vectors/low-rank-multivariate-normal.js';
export { multivariateStudentT } from './distributions/vectors/multivariate-student-t.js';
export { lkjCholesky } from './distributions/matrices/lkj-cholesky.js';
export { wishartCholesky } from './distributions/matrices/wishart-cholesky.js';
export { inverseWishartCholesky } from './distributions/matrices/inverse-wishart-cholesky.js';
export { autoregressive } from './distributions/series/autoregressive.js';
export { gaussianRandomWalk } from './distributions/series/gaussian-random-walk.js';
export { normal } from './distributions/real-line/normal.js';
export { chi2 } from './distributions/positive/chi2.js';
export { halfStudentT } from './distributions/positive/half-student-t.js';
export { inverseGamma } from './distributions/positive/inverse-gamma.js';
export { pareto } from './distributions/positive/pareto.js';
export { weibull } from './distributions/positive/weibull.js';
export { cauchy } from './distributions/real-line/cauchy.js';
export { gumbel } from './distributions/real-line/gumbel.js';
export { logistic } from './distributions/real-line/logistic.js';
export { truncatedNormal } from './distributions/real-line/truncated-normal.js';
export { gompertz } from './distributions/positive/gompertz.js';
export { halfLogistic } from './distributions/positive/half-logistic.js';
export { levy } from './distributions/positive/levy.js';
export { logUniform } from './distributions/positive/log-uniform.js';
export { asymmetricLaplace } from './distributions/real-line/asymmetric-laplace.js';
export { softLaplace } from './distributions/real-line/soft-laplace.js';
export { betaProportion } from './distributions/unit-interval/beta-proportion.js';
export { kumaraswamy } from './distributions/unit-interval/kumaraswamy.js';
export { logitNormal } from './distributions/unit-interval/logit-normal.js';
export { studentT } from './distributions/real-line/student-t.js';
export { uniform } from './distributions/real-line/uniform.js';
export { laplace } from './distributions/real-line/laplace.js';
export { SiteError } from './refusals/error.js';
export { stopGradient } from './tensors/gradient.js';
export { item } from './tensors/item.js';
export { type IsWithin, isWithin } from './supports/inclusion.js';
export * as linearAlgebra from './numerics/linear-algebra.js';
export type { Activation } from './network/activation.js';
export { dense } from './network/dense.js';
export { type Noise, type NoiseLaw, type Shape, baseNoise } from './tensors/noise.js';
export { block, condition, intervene } from './program/condition.js';
export type { Initializer } from './program/instruction.js';
export { of } from './program/monad.js';
export { evaluation } from './program/evaluation.js';
export { param, shared } from './program/param.js';
export { plate } from './program/plate.js';
export { type Program, type SitesOf, program } from './program/program.js';
export { factor, observe, sample } from './program/sample.js';
export type { NoPlate } from './program/site.js';
export type { AnyBijector, Bijector, ContinuousSupport, Support } from './supports/support.js';
export {
  corrCholesky,
  countVectors,
  integers,
  interval,
  lowerCholesky,
  nonnegative,
  orderedVector,
  positive,
  positiveOrderedVector,
  real,
  realVector,
} from './supports/index.js';
export { type Tensor, type TensorLike, asTensor } from './tensors/tensor.js';
