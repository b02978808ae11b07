/** Linear-Gaussian models with exact answers. */
export { type ExactPosterior, exactElbo, exactPosterior } from './exact/exact-inference.js';
export type { Gaussian, Matrix, Vector } from './exact/gaussian.js';
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
} from './network/linear-network.js';
export { networkGaussian } from './network/network-gaussian.js';
export { showNetwork } from './network/network-label.js';
export {
  type NetworkProgram,
  type NetworkProgramOptions,
  networkProgram,
} from './network/network-program.js';
export type { Count, LinearGaussianOptions, MinMax } from './sketch/options.js';
export { posteriorNetwork } from './exact/posterior-network.js';
export { type NoisyBlock, type SigmaPoints, sigmaPoints } from './exact/sigma-points.js';
export { type Counts, elementName, unrolled } from './network/unrolled.js';
