/** Bijectors by name, under the namespace `bijectors` of the package; each stands with the support that it is onto. */
export { affine } from './affine.js';
export { exp, softplusBijector as softplus } from '../supports/half-line.js';
export { sigmoidTo } from '../supports/interval.js';
export { lowerCholeskyBijector as lowerCholesky } from '../supports/lower-cholesky.js';
export { identity } from '../supports/real.js';
export { stickBreaking } from '../supports/simplex.js';
