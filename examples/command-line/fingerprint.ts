import { createHash } from 'node:crypto';

/** A fingerprint of data: other numbers have another, as good as surely. */
export const fingerprint = (
  ...arrays: readonly Pick<Float32Array, 'buffer' | 'byteOffset' | 'byteLength'>[]
): string => {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of arrays) {
    hash.update(`${byteLength} `).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
};
