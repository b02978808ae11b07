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
export * from '../../dsl/distributions/index.js';
export {
  type ImproperUniformOptions,
  improperUniform,
} from '../../dsl/combinators/improper-uniform.js';
export * as families from '../../dsl/distributions/families.js';
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
