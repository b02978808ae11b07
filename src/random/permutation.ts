import type { Key } from './key.js';
import { stream } from './stream.js';
import { threefryWords } from './threefry.js';

/**
 * A uniform random order of 0 ... n − 1.
 *
 * Fisher-Yates, where the partner of position i is ⌊u · (i + 1)⌋ for a 53-bit uniform u made of one
 * block. That is fixed work per position, where rejection is not; a partner's probability is off by
 * at most 2⁻⁵³, which no feasible number of draws can show. Throws if `n` is not a whole number
 * from 0 to 2³¹ − 1.
 *
 * Source: Durstenfeld, "Algorithm 235: random permutation", 1964, doi:10.1145/364520.364540.
 *
 * @example
 * ```ts
 * permutation(key(0), 4).toSorted(); // new Int32Array([0, 1, 2, 3])
 * permutation(key(0), 0).length; // 0
 * ```
 */
export const permutation = (key: Key, n: number): Int32Array => {
  if (!Number.isInteger(n) || n < 0 || n >= 2 ** 31) {
    throw new RangeError(
      `permutation: expected a whole number from 0 to 2^31 - 1, but got ${n}; ` +
        'pass the number of items to put in order.',
    );
  }
  const words = threefryWords(key, stream.permutation, 2 * n);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const high = (words[2 * i] ?? 0) >>> 5;
    const low = (words[2 * i + 1] ?? 0) >>> 6;
    const partner = Math.floor((high * 2 ** 26 + low) * 2 ** -53 * (i + 1));
    const held = order[i] ?? 0;
    order[i] = order[partner] ?? 0;
    order[partner] = held;
  }
  return order;
};
