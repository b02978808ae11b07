/** Keys and the noise drawn from them. */
export { randomBernoulli } from './bernoulli.js';
export { drawNoise, randomGumbel, randomNormal, randomUniform } from './draw.js';
export { foldIn, key, split, type Key } from './key.js';
export { permutation } from './permutation.js';
