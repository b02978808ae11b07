/**
 * Keys: where randomness comes from, as values.
 *
 * A key names a stream of random words. It is never used up: the same key always gives the same
 * draw, and new keys are derived from old ones by what they are for. So a draw depends on its own
 * path of keys alone, and not on which other draws were made, or in which order.
 *
 * Laws:
 *
 * - foldIn(k, a) = foldIn(k, b) only if a = b (numbers), and for strings but for hash collisions
 * - foldIn(k, 3) ≠ foldIn(k, '3'): numbers and strings are different domains, and so is `split`
 * - split(k, m) is the start of split(k, n) for m ≤ n
 */
import { fnv1a64 } from './fnv1a.js';
import { stream } from './stream.js';
import { threefryBlock } from './threefry.js';

/** A key: two uint32 words. Give each draw a key of its own. */
export type Key = readonly [number, number];

const isNatural = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;

const highWord = (n: number): number => Math.floor(n / 2 ** 32);

/** A block as a key, made in `words`. */
const block = ([k0, k1]: Key, c0: number, c1: number, words = new Uint32Array(2)): Key => {
  threefryBlock(k0, k1, c0, c1, words, 0);
  return [words[0] ?? 0, words[1] ?? 0];
};

/** Writes the words of `foldIn((k0, k1), n)` for a whole number from 0 to 2⁵³ − 1. */
export const foldNumber = (k0: number, k1: number, n: number, words: Uint32Array): void =>
  threefryBlock(k0, k1, n >>> 0, stream.integer | highWord(n), words, 0);

/**
 * The keys that `foldIn(parent, name)` gives, for a name that is hashed once.
 *
 * @example
 * ```ts
 * folderOf('z')(key(0)); // [1501194175, 3956914996]
 * ```
 */
export const folderOf = (name: string): ((parent: Key) => Key) => {
  const [high, low] = fnv1a64(name);
  const words = new Uint32Array(2);
  return (parent) => block(block(parent, 0, stream.text, words), low, high, words);
};

/**
 * The key of a seed, a whole number from 0 to 2⁵³ − 1; different seeds give different keys.
 *
 * Throws for any other number.
 *
 * @example
 * ```ts
 * key(7); // [0, 7]
 * key(2 ** 32); // [1, 0]
 * ```
 */
export const key = (seed: number): Key => {
  if (!isNatural(seed)) {
    throw new RangeError(
      `key: expected a whole number from 0 to 2^53 - 1 as seed, but got ${seed}; ` +
        'pass such a number, for example key(0).',
    );
  }
  return [highWord(seed), seed >>> 0];
};

/**
 * A new key for a purpose, from a number (a step, an index) or a string (a site's name).
 *
 * Numbers give one Threefry block of (data, integer domain), which is injective in `data`. Strings
 * are hashed by 64-bit FNV-1a and give a block, under a key of the string domain, of that hash.
 * Throws for a number that is not a whole one from 0 to 2⁵³ − 1.
 *
 * Source: Salmon et al. 2011, section 4.3 (keys from counters), doi:10.1145/2063384.2063405.
 *
 * @example
 * ```ts
 * foldIn(key(0), 12); // [2550929236, 3094765977]
 * foldIn(key(0), 'z'); // [1501194175, 3956914996]
 * ```
 */
export const foldIn = (parent: Key, data: number | string): Key => {
  if (typeof data === 'string') {
    return folderOf(data)(parent);
  }
  if (!isNatural(data)) {
    throw new RangeError(
      `foldIn: expected a string or a whole number from 0 to 2^53 - 1, but got ${data}; ` +
        'fold a name, or an index counted from 0.',
    );
  }
  return block(parent, data >>> 0, stream.integer | highWord(data));
};

/**
 * The first `count` of a key's children, each as good as a fresh key.
 *
 * Throws if `count` is not a whole number from 0 to 2⁵³ − 1.
 *
 * @example
 * ```ts
 * split(key(0), 2); // [[917456828, 636652529], [4017256875, 4208457211]]
 * split(key(0), 0); // []
 * ```
 */
export const split = (parent: Key, count: number): readonly Key[] => {
  if (!isNatural(count)) {
    throw new RangeError(
      `split: expected a whole number of keys, 0 or more, but got ${count}; pass split(key, 2), say.`,
    );
  }
  return Array.from({ length: count }, (_, index) =>
    block(parent, index >>> 0, stream.split | highWord(index)),
  );
};
