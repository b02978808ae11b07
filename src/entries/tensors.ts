/** Functions of tensors beside those of TensorFlow.js. The entry `marginalia/tensors`. */
import '../backend/on-import.js';
export type { Shape } from '../../dsl/tensors/noise.js';
export { digamma, lgamma, polygamma } from '../../dsl/numerics/gamma-function.js';
export { besselRatio, i0e, i1e, logI0 } from '../../dsl/numerics/bessel-function.js';
export { betainc, betaincc } from '../../dsl/numerics/incomplete-beta.js';
export { gammainc, gammaincc } from '../../dsl/numerics/incomplete-gamma.js';
export * as linearAlgebra from '../../dsl/numerics/linear-algebra.js';
export { erf, erfc, erfinv, logNdtr, ndtr, ndtri } from '../../dsl/numerics/normal-function.js';
export {
  inverseSoftplus,
  logDiffExp,
  logSigmoid,
  logSumExpLast,
  logit,
  softplus,
} from '../../dsl/numerics/special.js';
export { type BlackBoxOptions, blackBox } from '../../dsl/tensors/black-box.js';
export {
  type ScanOptions,
  type Scanned,
  associativeScan,
} from '../../dsl/tensors/associative-scan.js';
export * from '../../dsl/tensors/comparison.js';
export { item } from '../../dsl/tensors/item.js';
export type { NestedNumbers, TypedArray } from '../../dsl/tensors/nested.js';
export { type Tensor, type TensorLike, asTensor } from '../../dsl/tensors/tensor.js';
