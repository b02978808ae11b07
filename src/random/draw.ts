/**
 * Draws of base noise from a key: plain arrays, the same on every backend.
 *
 * Laws:
 *
 * - element i depends on (key, i) alone, so a longer draw starts with the shorter one
 * - every element is finite, and every uniform lies strictly between 0 and 1, as float32
 * - the laws use different streams of the key, so its normals and its uniforms are independent
 */
import type { Noise, Shape } from '../../dsl/tensors/noise.js';
import { sizeOf } from '../../dsl/tensors/shape.js';
import { copyNumbers } from '../../dsl/tensors/copy-numbers.js';
import type { Key } from './key.js';
import { stream } from './stream.js';
import { STRETCH, threefryStreams } from './threefry-simd.js';
import { threefryBlock } from './threefry.js';
import { BELOW_ONE, unit } from './unit.js';

/** From this many draws on, many blocks at once are faster than one after another. */
export const MANY = 64;

const sized = (count: number): Float32Array => {
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(
      `random: expected a whole number of draws, 0 or more, but got ${count}; ` +
        'check the axis lengths of the shape.',
    );
  }
  return new Float32Array(count);
};

/** Writes a pair of draws from a pair of words; a write past the end is ignored. */
type Pair = (draws: Float32Array, at: number, w0: number, w1: number) => void;

const uniformPair: Pair = (draws, at, w0, w1) => {
  draws[at] = Math.min(unit(w0), BELOW_ONE);
  draws[at + 1] = Math.min(unit(w1), BELOW_ONE);
};

const normalPair: Pair = (draws, at, w0, w1) => {
  const radius = Math.sqrt(-2 * Math.log(unit(w0)));
  const angle = 2 * Math.PI * unit(w1);
  draws[at] = radius * Math.cos(angle);
  draws[at + 1] = radius * Math.sin(angle);
};

const gumbelPair: Pair = (draws, at, w0, w1) => {
  draws[at] = -Math.log(-Math.log(unit(w0)));
  draws[at + 1] = -Math.log(-Math.log(unit(w1)));
};

/** Room for one block of words: a caller that draws often keeps one. */
export const scratch = (): Uint32Array => new Uint32Array(2);

/** Block by block. A loop for each law: one that is told its law by an argument does not inline it. */
const fillFew = (
  draws: Float32Array,
  law: Noise['law'],
  k0: number,
  k1: number,
  words: Uint32Array,
): void => {
  const count = draws.length;
  switch (law) {
    case 'uniform':
      for (let i = 0; i < count; i += 2) {
        threefryBlock(k0, k1, i >>> 1, stream.uniform, words, 0);
        uniformPair(draws, i, words[0] ?? 0, words[1] ?? 0);
      }
      return;
    case 'normal':
      for (let i = 0; i < count; i += 2) {
        threefryBlock(k0, k1, i >>> 1, stream.normal, words, 0);
        normalPair(draws, i, words[0] ?? 0, words[1] ?? 0);
      }
      return;
    case 'gumbel':
      for (let i = 0; i < count; i += 2) {
        threefryBlock(k0, k1, i >>> 1, stream.gumbel, words, 0);
        gumbelPair(draws, i, words[0] ?? 0, words[1] ?? 0);
      }
      return;
  }
};

/** The same draws, many blocks at a time; a loop for each law, as above. */
const manyUniforms = (draws: Float32Array, k0: number, k1: number): void => {
  const { numbers, fill } = threefryStreams().uniforms;
  for (let at = 0; at < draws.length; at += STRETCH) {
    const some = Math.min(draws.length - at, STRETCH);
    fill(k0, k1, stream.uniform, at, some);
    copyNumbers(numbers, 0, some, draws, at);
  }
};

const manyNormals = (draws: Float32Array, k0: number, k1: number): void => {
  const { numbers, fill } = threefryStreams().words;
  for (let at = 0; at < draws.length; at += STRETCH) {
    const some = Math.min(draws.length - at, STRETCH);
    fill(k0, k1, stream.normal, at, some);
    for (let i = 0; i < some; i += 2) {
      normalPair(draws, at + i, numbers[i] ?? 0, numbers[i + 1] ?? 0);
    }
  }
};

const manyGumbels = (draws: Float32Array, k0: number, k1: number): void => {
  const { numbers, fill } = threefryStreams().words;
  for (let at = 0; at < draws.length; at += STRETCH) {
    const some = Math.min(draws.length - at, STRETCH);
    fill(k0, k1, stream.gumbel, at, some);
    for (let i = 0; i < some; i += 2) {
      gumbelPair(draws, at + i, numbers[i] ?? 0, numbers[i + 1] ?? 0);
    }
  }
};

const fillMany = (draws: Float32Array, law: Noise['law'], k0: number, k1: number): void => {
  switch (law) {
    case 'uniform':
      return manyUniforms(draws, k0, k1);
    case 'normal':
      return manyNormals(draws, k0, k1);
    case 'gumbel':
      return manyGumbels(draws, k0, k1);
  }
};

/**
 * Fills an array with draws of a law from the key (k0, k1), allocating a view at most. The words of the
 * key may be signed.
 *
 * @example
 * ```ts
 * const draws = new Float32Array(3);
 * fillDraws(draws, 'normal', 0, 7, scratch());
 * draws[0] === randomNormal(key(7), 1)[0]; // true
 * ```
 */
export const fillDraws = (
  draws: Float32Array,
  law: Noise['law'],
  k0: number,
  k1: number,
  words: Uint32Array,
): void => {
  if (draws.length < MANY) fillFew(draws, law, k0, k1, words);
  else fillMany(draws, law, k0, k1);
};

const filled = ([k0, k1]: Key, law: Noise['law'], count: number): Float32Array => {
  const draws = sized(count);
  fillDraws(draws, law, k0, k1, scratch());
  return draws;
};

/**
 * `count` uniform draws from the open interval (0, 1).
 *
 * u = (w + ½) / 2³² rounded to float32, for a 32-bit word w; at least 2⁻³³, at most 1 − 2⁻²⁴.
 * Throws if `count` is not a whole number, 0 or more.
 *
 * @example
 * ```ts
 * randomUniform(key(0), 2); // new Float32Array([0.4184571, 0.6004991])
 * ```
 */
export const randomUniform = (key: Key, count: number): Float32Array =>
  filled(key, 'uniform', count);

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
 * randomNormal(key(0), 2); // new Float32Array([0.5836949, -1.649703])
 * ```
 */
export const randomNormal = (key: Key, count: number): Float32Array => filled(key, 'normal', count);

/**
 * `count` standard Gumbel draws, −log(−log u).
 *
 * u keeps 32 bits in double precision, so draws lie in [−3.13, 22.88] and are always finite. Throws
 * if `count` is not a whole number, 0 or more.
 *
 * @example
 * ```ts
 * randomGumbel(key(0), 2); // new Float32Array([3.344039, 0.7825523])
 * ```
 */
export const randomGumbel = (key: Key, count: number): Float32Array => filled(key, 'gumbel', count);

/**
 * A block of noise, flat and row-major, of shape [...batchShape, ...noise.shape].
 *
 * Throws if the shape's size is not a whole number, 0 or more.
 *
 * @example
 * ```ts
 * const block = drawNoise(key(0), baseNoise('normal', [20]), [128]);
 * block.length; // 2560
 * block[0]; // 0.5836949
 * ```
 */
export const drawNoise = (key: Key, noise: Noise, batchShape: Shape): Float32Array =>
  filled(key, noise.law, sizeOf(batchShape) * sizeOf(noise.shape));
