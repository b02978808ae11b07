/** Bijectors by name, under the namespace `bijectors` of the package. */
export { affine, exp, identity, sigmoidTo, softplusBijector as softplus } from './elementwise.js';
export { lowerCholeskyBijector as lowerCholesky } from './lower-cholesky.js';
export { stickBreaking } from './simplex.js';
export { bijectorTo } from './to.js';
