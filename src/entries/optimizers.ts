/** Optimisers, what they are composed of, and schedules. The entry `marginalia/optimizers`. */
import '../backend/on-import.js';
export {
  type Optimizer,
  type OptimizerState,
  type OptimizerUpdate,
  chained,
} from '../inference/optimizer.js';
export { type AdamOptions, adam, scaleByAdam } from '../inference/optimizers/adam.js';
export { clipByGlobalNorm } from '../inference/optimizers/clip.js';
export { type PlateauOptions, reduceOnPlateau } from '../inference/optimizers/plateau.js';
export { type RmspropOptions, rmsprop, scaleByRms } from '../inference/optimizers/rmsprop.js';
export * from '../inference/optimizers/schedule.js';
export { type MomentumOptions, scaleByMomentum, sgd } from '../inference/optimizers/sgd.js';
