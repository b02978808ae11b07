/** The library's supports. */
export { type ArrayOf, arrayOf, realVector } from './array.js';
export type { Censored } from './censored.js';
export { type Circle, circle } from './circle.js';
export { type CountVectors, countVectors } from './count-vectors.js';
export { type CorrCholesky, corrCholesky } from './corr-cholesky.js';
export { type Nonnegative, type Positive, nonnegative, positive } from './half-line.js';
export {
  type Integers,
  boolean,
  integers,
  nonnegativeInteger,
  positiveInteger,
} from './integers.js';
export { type Interval, greaterThan, interval, lessThan, unitInterval } from './interval.js';
export { type LowerCholesky, lowerCholesky } from './lower-cholesky.js';
export { type OneHot, oneHot } from './one-hot.js';
export {
  type OrderedVector,
  type PositiveOrderedVector,
  orderedVector,
  positiveOrderedVector,
} from './ordered.js';
export { type Real, real } from './real.js';
export { type Simplex, simplex } from './simplex.js';
