/** Keys and the noise drawn from them. */
export { bernoulliBits } from './bernoulli.js';
export { draw, gumbels, normals, uniforms } from './draw.js';
export { foldIn, key, split, type Key } from './key.js';
export { permutation } from './permutation.js';
