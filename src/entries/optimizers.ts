/** Optimisers, what they are composed of, and schedules. The entry `marginalia/optimizers`. */
import '../backend/on-import.js';
export {
  type Optimizer,
  type OptimizerState,
  type OptimizerUpdate,
  chained,
} from '../optimizers/optimizer.js';
export { type AdagradOptions, adagrad, scaleByRss } from '../optimizers/adagrad.js';
export { type AdamOptions, adam, scaleByAdam } from '../optimizers/adam.js';
export { clipByGlobalNorm } from '../optimizers/clip.js';
export { type PlateauOptions, reduceOnPlateau } from '../optimizers/plateau.js';
export { type RmspropOptions, rmsprop, scaleByRms } from '../optimizers/rmsprop.js';
export * from '../optimizers/schedule.js';
export { type MomentumOptions, scaleByMomentum, sgd } from '../optimizers/sgd.js';
