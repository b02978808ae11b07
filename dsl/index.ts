/** The language: what a modeller writes with. */
export { type Argument, type Given, argumentsOf } from './checks/argument.js';
export * as bijectors from './bijectors/index.js';
export { elementwise } from './bijector.js';
export { bijectorTo } from './bijectors/to.js';
export { expand } from './combinators/expand.js';
export { independent } from './combinators/independent.js';
export { mask } from './combinators/mask.js';
export { mixture } from './combinators/mixture.js';
export { transformed } from './combinators/transformed.js';
export { choose, equal, greater, greaterEqual, less, unequal } from './tensors/comparison.js';
export type { Domain, Outside } from './checks/domain.js';
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
} from './distribution.js';
export * as families from './distributions/families.js';
export { klDivergence } from './divergences/kl.js';
export { type Leaf, distribution } from './leaf.js';
export { type Draw, type OwnMap, type Preimage, imageUnder } from './preimage.js';
export { bernoulli } from './distributions/bernoulli.js';
export { beta } from './distributions/beta.js';
export { categorical } from './distributions/categorical.js';
export { oneHotCategorical } from './distributions/one-hot-categorical.js';
export { delta } from './distributions/delta.js';
export { dirichlet } from './distributions/dirichlet.js';
export { exponential } from './distributions/exponential.js';
export { gamma } from './distributions/gamma.js';
export { halfCauchy } from './distributions/half-cauchy.js';
export { halfNormal } from './distributions/half-normal.js';
export { laplace } from './distributions/laplace.js';
export { logNormal } from './distributions/log-normal.js';
export { multivariateNormal } from './distributions/multivariate-normal.js';
export { normal } from './distributions/normal.js';
export { studentT } from './distributions/student-t.js';
export { uniform } from './distributions/uniform.js';
export { SiteError } from './error.js';
export { type BlackBoxOptions, blackBox } from './tensors/black-box.js';
export { stopGradient, withGradient } from './tensors/gradient.js';
export { item } from './tensors/item.js';
export { type IsWithin, isWithin } from './inclusion.js';
export * as linearAlgebra from './numerics/linear-algebra.js';
export { type Activation } from './network/activation.js';
export {
  type Conv2dLayer,
  type Conv2dOptions,
  type Conv2dTransposeOptions,
  conv2d,
  conv2dTranspose,
} from './network/convolution.js';
export { type DenseLayer, type DenseOptions, type InitializerFor, dense } from './network/dense.js';
export { type DropoutOptions, dropout } from './network/dropout.js';
export * as initializers from './network/initializer.js';
export { type Layer, flatten, sequential, unflatten } from './network/layer.js';
export { mlp, type MlpOptions } from './network/mlp.js';
export { network } from './network/network.js';
export {
  type BatchNormOptions,
  type LayerNormOptions,
  batchNorm,
  layerNorm,
} from './network/normalization.js';
export { type TransposeOptions, transpose } from './network/transpose.js';
export { type Noise, type NoiseLaw, type Shape, baseNoise } from './noise.js';
export { block, condition, intervene } from './program/condition.js';
export type { Initializer } from './program/instruction.js';
export type { PartlyKnown } from './program/condition.js';
export * as monad from './program/monad.js';
export { Do, bind, flatMap, map, of } from './program/monad.js';
export { type Net, apply, functionOf } from './program/apply.js';
export { evaluation, inTraining } from './program/evaluation.js';
export { type NoiseOptions, noise } from './program/noise.js';
export { param, shared } from './program/param.js';
export { type PlateOptions, plate } from './program/plate.js';
export { type Program, type Result, type Sites, program } from './program/program.js';
export { scoped } from './program/scoped.js';
export { deterministic, factor, observe, sample } from './program/sample.js';
export type {
  Deterministic,
  Factor,
  Latent,
  NoPlate,
  Observed,
  Param,
  Partly,
} from './program/site.js';
export { type WithParams, withParams } from './program/with-params.js';
export { digamma, lgamma, polygamma } from './numerics/gamma-function.js';
export { inverseSoftplus, logSigmoid, logSumExpLast, logit, softplus } from './numerics/special.js';
export type { Bijector, ContinuousSupport, ScalarSupport, Support } from './support.js';
export {
  type ArrayOf,
  type Integers,
  type Interval,
  type LowerCholesky,
  type Nonnegative,
  type OneHot,
  type Positive,
  type Real,
  type Simplex,
  arrayOf,
  boolean,
  integers,
  interval,
  lowerCholesky,
  nonnegative,
  oneHot,
  positive,
  real,
  realVector,
  simplex,
  unitInterval,
} from './supports/index.js';
export type { NestedNumbers, TypedArray } from './tensors/nested.js';
export { type Tensor, type TensorLike, asTensor } from './tensors/tensor.js';
