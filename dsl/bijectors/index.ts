/** Bijectors by name, under the namespace `bijectors` of the package; those that a support is reached by stand with it. */
export { affine } from './affine.js';
export { compose } from './compose.js';
export { invert } from './invert.js';
export { log } from './log.js';
export { lowerCholeskyAffine } from './lower-cholesky-affine.js';
export { matrixAffine } from './matrix-affine.js';
export { permute } from './permute.js';
export { power } from './power.js';
export { reverse } from './reverse.js';
export { corrCholeskyBijector as corrCholesky } from '../supports/corr-cholesky.js';
export { exp, softplusBijector as softplus } from '../supports/half-line.js';
export { sigmoidTo } from '../supports/interval.js';
export { lowerCholeskyBijector as lowerCholesky } from '../supports/lower-cholesky.js';
export { ordered, positiveOrdered } from '../supports/ordered.js';
export { identity } from '../supports/real.js';
export { stickBreaking } from '../supports/simplex.js';
