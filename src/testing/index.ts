/** Arbitraries and laws for testing models, guides and objectives, with fast-check. */
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
export { networkProgram } from './network-program.js';
export { type NoisyBlock, type SigmaPoints, sigmaPoints } from './sigma-points.js';
