/** Draws of 0 and 1, written where they are read. */
import { copyNumbers } from '../../dsl/tensors/copy-numbers.js';
import { MANY, scratch } from './draw.js';
import type { Key } from './key.js';
import { stream } from './stream.js';
import { STRETCH, threefryStreams } from './threefry-simd.js';
import { threefryBlock } from './threefry.js';
import { BELOW_ONE, unit } from './unit.js';

/** Puts bits of a key into an array, for rows of a table of probabilities, row by row. */
export type RowBits = (
  key: Key,
  rows: Int32Array,
  into: Float32Array | Int32Array | Uint8Array,
) => void;

/**
 * Bits of rows of `width` probabilities: bit i of a key is 1 where uniform i of it is below the
 * probability that is asked for i-th.
 */
export const rowBits = (probs: Float32Array, width: number): RowBits => {
  const words = scratch();
  const few: RowBits = (key, rows, into) => {
    // Signed words are the same bits to every block, and small integers, which are not boxed.
    const k0 = key[0] | 0;
    const k1 = key[1] | 0;
    for (let i = 0; i < rows.length * width; i += 1) {
      if (i % 2 === 0) threefryBlock(k0, k1, i >>> 1, stream.uniform, words, 0);
      const u = Math.fround(Math.min(unit(words[i % 2] ?? 0), BELOW_ONE));
      const p = probs[(rows[Math.floor(i / width)] ?? 0) * width + (i % width)];
      into[i] = u < (p ?? 0) ? 1 : 0;
    }
  };
  const many: RowBits = (key, rows, into) => {
    const { fill, numbers } = threefryStreams().bits;
    const count = rows.length * width;
    let i = 0;
    while (i < count) {
      const from = i;
      const some = Math.min(count - from, STRETCH);
      while (i < from + some) {
        const k = i % width;
        const length = Math.min(width - k, from + some - i);
        const row = (rows[(i - k) / width] ?? 0) * width + k;
        copyNumbers(probs, row, length, numbers, i - from);
        i += length;
      }
      fill(key[0], key[1], stream.uniform, from, some);
      copyNumbers(numbers, 0, some, into, from);
    }
  };
  return (key, rows, into) => (rows.length * width < MANY ? few : many)(key, rows, into);
};

/**
 * Independent draws of 0 or 1: element i is 1 where uniform i of the key is below `probs[i]`.
 *
 * P(1) = probs[i] to within 2⁻²⁴. A probability of 0 always gives 0, and 1 always gives 1; NaN gives
 * 0. The draws are monotone in the probabilities, for one key.
 *
 * @example
 * ```ts
 * randomBernoulli(key(0), new Float32Array([0, 0.9, 1])); // new Float32Array([0, 1, 1])
 * ```
 */
export const randomBernoulli = (key: Key, probs: Float32Array): Float32Array => {
  const bits = new Float32Array(probs.length);
  rowBits(probs, probs.length)(key, Int32Array.of(0), bits);
  return bits;
};
