import { uniforms } from './draw.js';
import type { Key } from './key.js';

/**
 * Independent draws of 0 or 1: element i is 1 where uniform i of the key is below `probs[i]`.
 *
 * P(1) = probs[i] to within 2⁻²⁴. A probability of 0 always gives 0, and 1 always gives 1; NaN gives
 * 0. The draws are monotone in the probabilities, for one key.
 *
 * @example
 * ```ts
 * bernoulliBits(key(0), new Float32Array([0, 0.9, 1])); // new Float32Array([0, 1, 1])
 * ```
 */
export const bernoulliBits = (key: Key, probs: Float32Array): Float32Array => {
  const draws = uniforms(key, probs.length);
  for (let i = 0; i < draws.length; i++) draws[i] = (draws[i] ?? 1) < (probs[i] ?? 0) ? 1 : 0;
  return draws;
};
