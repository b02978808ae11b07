/** Linear-Gaussian models with exact answers. */
export {
  type ExactPosterior,
  exactElbo,
  exactPosterior,
  posteriorNetwork,
} from './exact-inference.js';
export type { Gaussian, Matrix, Vector } from './gaussian.js';
export {
  type LinearGaussian,
  type LinearGaussianOptions,
  type NetworkProgram,
  linearGaussian,
} from './linear-gaussian.js';
export {
  type Coordinate,
  type LinearNetwork,
  type LinearNode,
  coordinatesOf,
  elementName,
  networkGaussian,
  unrolled,
} from './linear-network.js';
export { type NetworkSite, PLATE, networkProgram } from './network-program.js';
export { type NoisyBlock, type SigmaPoints, sigmaPoints } from './sigma-points.js';
