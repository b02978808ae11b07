/**
 * What a block of a key is for, as the second word of its counter.
 *
 * Every use of a key has a word of its own, so no two uses share a block: a key's normals say
 * nothing about its uniforms, and no draw repeats the words of a derived key. `integer` and `split`
 * also carry the high 21 bits of a 53-bit number in their low bits, which is why they lie apart.
 */
export const stream = {
  uniform: 0,
  normal: 1,
  gumbel: 2,
  permutation: 3,
  integer: 0x4000_0000,
  split: 0x8000_0000,
  text: 0xc000_0000,
} as const;
