/**
 * Distributions, their combinators, supports and bijectors. The entry `marginalia/distributions`.
 */
import '../backend/on-import.js';
export { elementwise } from '../../dsl/supports/elementwise.js';
export * as bijectors from '../../dsl/bijectors/index.js';
export { bijectorTo } from '../../dsl/bijectors/to.js';
export { type Argument, type Given, argumentsOf } from '../../dsl/checks/argument.js';
export type { Domain, Outside } from '../../dsl/checks/domain.js';
export { type Censoring, censored } from '../../dsl/combinators/censored.js';
export { expand } from '../../dsl/combinators/expand.js';
export type { Gate } from '../../dsl/combinators/gate.js';
export { hurdle } from '../../dsl/combinators/hurdle.js';
export { independent } from '../../dsl/combinators/independent.js';
export { mask } from '../../dsl/combinators/mask.js';
export { mixture } from '../../dsl/combinators/mixture.js';
export { transformed } from '../../dsl/combinators/transformed.js';
export { type TruncationBounds, truncated } from '../../dsl/combinators/truncated.js';
export {
  zeroInflated,
  zeroInflatedNegativeBinomial2,
  zeroInflatedPoisson,
} from '../../dsl/combinators/zero-inflated.js';
export {
  type CellNoise,
  type Distribution,
  type Enumeration,
  type Family,
  type Gradient,
  type LawPart,
  type Parameters,
  type Relaxation,
  type Sampler,
  type Structure,
  type WeakDerivative,
  type WeighedValue,
  isOf,
} from '../../dsl/law/distribution.js';
export { discretizedLogistic } from '../../dsl/distributions/counts/discretized-logistic.js';
export { continuousBernoulli } from '../../dsl/distributions/unit-interval/continuous-bernoulli.js';
export { relaxedBernoulli } from '../../dsl/distributions/unit-interval/relaxed-bernoulli.js';
export { relaxedOneHotCategorical } from '../../dsl/distributions/vectors/relaxed-one-hot-categorical.js';
export { vonMises } from '../../dsl/distributions/circle/von-mises.js';
export { bernoulli } from '../../dsl/distributions/classes/bernoulli.js';
export { beta } from '../../dsl/distributions/unit-interval/beta.js';
export { categorical } from '../../dsl/distributions/classes/categorical.js';
export { orderedLogistic } from '../../dsl/distributions/classes/ordered-logistic.js';
export { betaBinomial } from '../../dsl/distributions/counts/beta-binomial.js';
export { binomial } from '../../dsl/distributions/counts/binomial.js';
export { dirichletMultinomial } from '../../dsl/distributions/counts/dirichlet-multinomial.js';
export { discreteUniform } from '../../dsl/distributions/counts/discrete-uniform.js';
export { geometric } from '../../dsl/distributions/counts/geometric.js';
export {
  negativeBinomial,
  negativeBinomial2,
} from '../../dsl/distributions/counts/negative-binomial.js';
export { multinomial } from '../../dsl/distributions/counts/multinomial.js';
export { poisson } from '../../dsl/distributions/counts/poisson.js';
export {
  type ImproperUniformOptions,
  improperUniform,
} from '../../dsl/combinators/improper-uniform.js';
export { delta } from '../../dsl/distributions/delta.js';
export { dirichlet } from '../../dsl/distributions/vectors/dirichlet.js';
export { exponential } from '../../dsl/distributions/positive/exponential.js';
export * as families from '../../dsl/distributions/families.js';
export { gamma } from '../../dsl/distributions/positive/gamma.js';
export { halfCauchy } from '../../dsl/distributions/positive/half-cauchy.js';
export { halfNormal } from '../../dsl/distributions/positive/half-normal.js';
export { laplace } from '../../dsl/distributions/real-line/laplace.js';
export { logNormal } from '../../dsl/distributions/positive/log-normal.js';
export { multivariateNormal } from '../../dsl/distributions/vectors/multivariate-normal.js';
export { lowRankMultivariateNormal } from '../../dsl/distributions/vectors/low-rank-multivariate-normal.js';
export { multivariateStudentT } from '../../dsl/distributions/vectors/multivariate-student-t.js';
export { lkjCholesky } from '../../dsl/distributions/matrices/lkj-cholesky.js';
export { wishartCholesky } from '../../dsl/distributions/matrices/wishart-cholesky.js';
export { inverseWishartCholesky } from '../../dsl/distributions/matrices/inverse-wishart-cholesky.js';
export {
  type AutoregressiveStart,
  autoregressive,
} from '../../dsl/distributions/series/autoregressive.js';
export { gaussianRandomWalk } from '../../dsl/distributions/series/gaussian-random-walk.js';
export { normal } from '../../dsl/distributions/real-line/normal.js';
export { oneHotCategorical } from '../../dsl/distributions/classes/one-hot-categorical.js';
export { chi2 } from '../../dsl/distributions/positive/chi2.js';
export { halfStudentT } from '../../dsl/distributions/positive/half-student-t.js';
export { inverseGamma } from '../../dsl/distributions/positive/inverse-gamma.js';
export { pareto } from '../../dsl/distributions/positive/pareto.js';
export { weibull } from '../../dsl/distributions/positive/weibull.js';
export { cauchy } from '../../dsl/distributions/real-line/cauchy.js';
export { gumbel } from '../../dsl/distributions/real-line/gumbel.js';
export { logistic } from '../../dsl/distributions/real-line/logistic.js';
export { truncatedNormal } from '../../dsl/distributions/real-line/truncated-normal.js';
export { studentT } from '../../dsl/distributions/real-line/student-t.js';
export { uniform } from '../../dsl/distributions/real-line/uniform.js';
export { gompertz } from '../../dsl/distributions/positive/gompertz.js';
export { halfLogistic } from '../../dsl/distributions/positive/half-logistic.js';
export { levy } from '../../dsl/distributions/positive/levy.js';
export { logUniform } from '../../dsl/distributions/positive/log-uniform.js';
export { asymmetricLaplace } from '../../dsl/distributions/real-line/asymmetric-laplace.js';
export { softLaplace } from '../../dsl/distributions/real-line/soft-laplace.js';
export { betaProportion } from '../../dsl/distributions/unit-interval/beta-proportion.js';
export { kumaraswamy } from '../../dsl/distributions/unit-interval/kumaraswamy.js';
export { logitNormal } from '../../dsl/distributions/unit-interval/logit-normal.js';
export { klDivergence } from '../../dsl/divergences/kl.js';
export { type IsWithin, isWithin } from '../../dsl/supports/inclusion.js';
export { type HiddenMarkov, hiddenMarkov } from '../../dsl/sequences/hidden-markov.js';
export {
  type LinearGaussianStateSpace,
  type StateMoments,
  linearGaussianStateSpace,
} from '../../dsl/sequences/linear-gaussian.js';
export type { StateSpaceOptions, TimeVarying } from '../../dsl/sequences/state-space.js';
export { type Leaf, distribution } from '../../dsl/law/leaf.js';
export { type Noise, type NoiseLaw, baseNoise } from '../../dsl/tensors/noise.js';
export { type Draw, type OwnMap, type Preimage, imageUnder } from '../../dsl/law/preimage.js';
export * from '../../dsl/supports/support.js';
export * from '../../dsl/supports/index.js';
