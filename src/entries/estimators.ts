/** Gradient estimators, asked for by site. The entry `marginalia/estimators`. */
import '../backend/on-import.js';
export { estimatorCarry } from '../bounds/estimate.js';
export { enumeration } from '../bounds/estimators/enumeration.js';
export {
  type Addition,
  type Compared,
  type Doubt,
  type DrawnSite,
  type EstimatedSite,
  type Estimator,
  type EstimatorChoice,
  type Refusal,
  type SiteCost,
  type SiteEstimators,
  type WeightSignal,
  showEstimator,
} from '../bounds/estimators/estimator.js';
export { gumbelSoftmax } from '../bounds/estimators/gumbel-softmax.js';
export { implicit } from '../bounds/estimators/implicit.js';
export { measureValued } from '../bounds/estimators/measure-valued.js';
export { pathwise } from '../bounds/estimators/pathwise.js';
export type { Temperature } from '../bounds/estimators/relaxed-draw.js';
export { type ScoreOptions, scoreFunction } from '../bounds/estimators/score-function.js';
export { straightThrough } from '../bounds/estimators/straight-through.js';
