/** Linear-Gaussian models with exact answers. */
export { type ExactPosterior, exactElbo, exactPosterior } from './exact-inference.js';
export type { Gaussian, Matrix, Vector } from './gaussian.js';
export { type LinearGaussian, linearGaussian, linearGaussianFrom } from './linear-gaussian.js';
export {
  type Coordinate,
  type Each,
  type LinearNetwork,
  type LinearNode,
  type NetworkPlate,
  type Part,
  type Role,
  coordinatesOf,
} from './linear-network.js';
export { networkGaussian } from './network-gaussian.js';
export { showNetwork } from './network-label.js';
export {
  type NetworkProgram,
  type NetworkProgramOptions,
  networkProgram,
} from './network-program.js';
export type { Count, LinearGaussianOptions, MinMax } from './options.js';
export { posteriorNetwork } from './posterior-network.js';
export { type NoisyBlock, type SigmaPoints, sigmaPoints } from './sigma-points.js';
export { type Counts, elementName, unrolled } from './unrolled.js';
