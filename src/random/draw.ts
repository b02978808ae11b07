/**
 * Draws of base noise from a key: plain arrays, the same on every backend.
 *
 * Laws:
 *
 * - element i depends on (key, i) alone, so a longer draw starts with the shorter one
 * - every element is finite, and every uniform lies strictly between 0 and 1, as float32
 * - the laws use different streams of the key, so its normals and its uniforms are independent
 */
import type { Noise, Shape } from '../../dsl/noise.js';
import { sizeOf } from '../../dsl/shape.js';
import type { Key } from './key.js';
import { stream } from './stream.js';
import { threefryWords } from './threefry.js';

/** The largest float32 below 1. Words above it would round to 1. */
const BELOW_ONE = 1 - 2 ** -24;

/** The middle of word w's cell of the unit interval, as a double in [2⁻³³, 1 − 2⁻³³]. */
const unit = (word: number): number => (word + 0.5) * 2 ** -32;

const words = (key: Key, law: number, count: number): Uint32Array => {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(
      `random: expected a whole number of draws, 0 or more, got ${count}; ` +
        'check the axis lengths of the shape.',
    );
  }
  return threefryWords(key, law, count);
};

/**
 * `count` uniform draws from the open interval (0, 1).
 *
 * u = (w + ½) / 2³² rounded to float32, for a 32-bit word w; at least 2⁻³³, at most 1 − 2⁻²⁴.
 * Throws if `count` is not a whole number, 0 or more.
 *
 * @example
 * ```ts
 * uniforms(key(0), 3).every((u) => 0 < u && u < 1); // true
 * ```
 */
export const uniforms = (key: Key, count: number): Float32Array => {
  const source = words(key, stream.uniform, count);
  const draws = new Float32Array(count);
  for (let i = 0; i < count; i++) draws[i] = Math.min(unit(source[i] ?? 0), BELOW_ONE);
  return draws;
};

/**
 * `count` standard normal draws.
 *
 * √(−2 log u) · (cos 2πv, sin 2πv), in double precision from 32-bit u and v, so tails reach
 * √(66 log 2) = 6.76. Throws if `count` is not a whole number, 0 or more.
 *
 * Source: Box and Muller, "A note on the generation of random normal deviates", 1958,
 * doi:10.1214/aoms/1177706645.
 *
 * @example
 * ```ts
 * normals(key(0), 3).length; // 3
 * ```
 */
export const normals = (key: Key, count: number): Float32Array => {
  const source = words(key, stream.normal, count);
  const draws = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(unit(source[i] ?? 0)));
    const angle = 2 * Math.PI * unit(source[i + 1] ?? 0);
    draws[i] = radius * Math.cos(angle);
    // Past the end for an odd count, where a typed array ignores the write.
    draws[i + 1] = radius * Math.sin(angle);
  }
  return draws;
};

/**
 * `count` standard Gumbel draws, −log(−log u).
 *
 * u keeps 32 bits in double precision, so draws lie in [−3.13, 22.88] and are always finite. Throws
 * if `count` is not a whole number, 0 or more.
 *
 * @example
 * ```ts
 * gumbels(key(0), 3).every(Number.isFinite); // true
 * ```
 */
export const gumbels = (key: Key, count: number): Float32Array => {
  const source = words(key, stream.gumbel, count);
  const draws = new Float32Array(count);
  for (let i = 0; i < count; i++) draws[i] = -Math.log(-Math.log(unit(source[i] ?? 0)));
  return draws;
};

/**
 * A block of noise, flat and row-major, of shape [...batchShape, ...noise.shape].
 *
 * Throws if the shape's size is not a whole number, 0 or more.
 *
 * @example
 * ```ts
 * draw(key(0), noise('normal', [20]), [128]).length; // 2560
 * ```
 */
export const draw = (key: Key, noise: Noise, batchShape: Shape): Float32Array => {
  const count = sizeOf(batchShape) * sizeOf(noise.shape);
  switch (noise.law) {
    case 'uniform':
      return uniforms(key, count);
    case 'normal':
      return normals(key, count);
    case 'gumbel':
      return gumbels(key, count);
  }
};
