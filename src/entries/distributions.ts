/**
 * Distributions, their combinators, supports and bijectors. The entry `marginalia/distributions`.
 */
import '../backend/on-import.js';
export { elementwise } from '../../dsl/supports/elementwise.js';
export * as bijectors from '../../dsl/bijectors/index.js';
export { bijectorTo } from '../../dsl/bijectors/to.js';
export { type Argument, type Given, argumentsOf } from '../../dsl/checks/argument.js';
export type { Domain, Outside } from '../../dsl/checks/domain.js';
export { expand } from '../../dsl/combinators/expand.js';
export { independent } from '../../dsl/combinators/independent.js';
export { mask } from '../../dsl/combinators/mask.js';
export { mixture } from '../../dsl/combinators/mixture.js';
export { transformed } from '../../dsl/combinators/transformed.js';
export {
  type CellNoise,
  type Distribution,
  type Enumeration,
  type Family,
  type Gradient,
  type Parameters,
  type Relaxation,
  type Sampler,
  type Structure,
  type WeakDerivative,
  type WeighedValue,
  isOf,
} from '../../dsl/law/distribution.js';
export { bernoulli } from '../../dsl/distributions/bernoulli.js';
export { beta } from '../../dsl/distributions/beta.js';
export { categorical } from '../../dsl/distributions/categorical.js';
export { delta } from '../../dsl/distributions/delta.js';
export { dirichlet } from '../../dsl/distributions/dirichlet.js';
export { exponential } from '../../dsl/distributions/exponential.js';
export * as families from '../../dsl/distributions/families.js';
export { gamma } from '../../dsl/distributions/gamma.js';
export { halfCauchy } from '../../dsl/distributions/half-cauchy.js';
export { halfNormal } from '../../dsl/distributions/half-normal.js';
export { laplace } from '../../dsl/distributions/laplace.js';
export { logNormal } from '../../dsl/distributions/log-normal.js';
export { multivariateNormal } from '../../dsl/distributions/multivariate-normal.js';
export { normal } from '../../dsl/distributions/normal.js';
export { oneHotCategorical } from '../../dsl/distributions/one-hot-categorical.js';
export { studentT } from '../../dsl/distributions/student-t.js';
export { uniform } from '../../dsl/distributions/uniform.js';
export { klDivergence } from '../../dsl/divergences/kl.js';
export { type IsWithin, isWithin } from '../../dsl/supports/inclusion.js';
export { type Leaf, distribution } from '../../dsl/law/leaf.js';
export { type Noise, type NoiseLaw, baseNoise } from '../../dsl/tensors/noise.js';
export { type Draw, type OwnMap, type Preimage, imageUnder } from '../../dsl/law/preimage.js';
export * from '../../dsl/supports/support.js';
export * from '../../dsl/supports/index.js';
