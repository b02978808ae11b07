/**
 * Threefry-2x32 with 20 rounds: a counter-based generator.
 *
 * A block is a pure function of (key, counter), so any word of a stream can be had without those
 * before it, and streams of different keys are independent (the generator passes BigCrush with 13
 * rounds; 20 is the authors' margin).
 *
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011,
 * doi:10.1145/2063384.2063405. Agrees with the `kat_vectors` of Random123.
 */

/** The parity constant of the key schedule (Skein's C240, cut to 32 bits). */
const PARITY = 0x1bd11bda;

/**
 * Writes one block, two uint32 words, into `words` at `at` and `at + 1`.
 *
 * Key (k0, k1) and counter (c0, c1) are taken modulo 2³². Writing into the caller's array, rather
 * than returning a pair, keeps the inner loop of a draw free of allocation.
 *
 * Source: Salmon et al. 2011, section 3.3, doi:10.1145/2063384.2063405.
 *
 * @example
 * ```ts
 * const words = new Uint32Array(2);
 * threefryBlock(0, 0, 0, 0, words, 0);
 * words[0]; // 0x6b200159
 * words[1]; // 0x99ba4efe
 * ```
 */
export const threefryBlock = (
  k0: number,
  k1: number,
  c0: number,
  c1: number,
  words: Uint32Array,
  at: number,
): void => {
  const k2 = PARITY ^ k0 ^ k1;
  let a = (c0 + k0) | 0;
  let b = (c1 + k1) | 0;
  // Unrolled: in V8 a loop over the rotation constants is two to three times slower.
  a = (a + b) | 0;
  b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0;
  b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0;
  b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0;
  b = ((b << 6) | (b >>> 26)) ^ a;
  a = (a + k1) | 0;
  b = (b + k2 + 1) | 0;

  a = (a + b) | 0;
  b = ((b << 17) | (b >>> 15)) ^ a;
  a = (a + b) | 0;
  b = ((b << 29) | (b >>> 3)) ^ a;
  a = (a + b) | 0;
  b = ((b << 16) | (b >>> 16)) ^ a;
  a = (a + b) | 0;
  b = ((b << 24) | (b >>> 8)) ^ a;
  a = (a + k2) | 0;
  b = (b + k0 + 2) | 0;

  a = (a + b) | 0;
  b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0;
  b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0;
  b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0;
  b = ((b << 6) | (b >>> 26)) ^ a;
  a = (a + k0) | 0;
  b = (b + k1 + 3) | 0;

  a = (a + b) | 0;
  b = ((b << 17) | (b >>> 15)) ^ a;
  a = (a + b) | 0;
  b = ((b << 29) | (b >>> 3)) ^ a;
  a = (a + b) | 0;
  b = ((b << 16) | (b >>> 16)) ^ a;
  a = (a + b) | 0;
  b = ((b << 24) | (b >>> 8)) ^ a;
  a = (a + k1) | 0;
  b = (b + k2 + 4) | 0;

  a = (a + b) | 0;
  b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0;
  b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0;
  b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0;
  b = ((b << 6) | (b >>> 26)) ^ a;
  words[at] = a + k2;
  words[at + 1] = b + k0 + 5;
};

/**
 * The first `count` words of one stream of a key: word i is half i mod 2 of block (⌊i/2⌋, stream).
 *
 * A longer stream starts with the shorter one. `count` is rounded up to whole blocks, so the result
 * has one word more than asked for where `count` is odd.
 *
 * @example
 * ```ts
 * threefryWords([0, 0], 0, 2); // new Uint32Array([0x6b200159, 0x99ba4efe])
 * threefryWords([0, 0], 0, 3).length; // 4
 * ```
 */
export const threefryWords = (
  [k0, k1]: readonly [number, number],
  stream: number,
  count: number,
): Uint32Array => {
  const blocks = Math.ceil(count / 2);
  const words = new Uint32Array(2 * blocks);
  for (let block = 0; block < blocks; block++) {
    threefryBlock(k0, k1, block, stream, words, 2 * block);
  }
  return words;
};
