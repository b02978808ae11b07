/** The language, as the engine uses it; `src/entries` has what users import. */
export * as bijectors from './bijectors/index.js';
export { bijectorTo } from './bijectors/to.js';
export { choose, equal, greater, greaterEqual, less } from './tensors/comparison.js';
export type { CellNoise, Distribution, Gradient } from './law/distribution.js';
export { klDivergence } from './divergences/kl.js';
export type { Draw, Preimage } from './law/preimage.js';
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
