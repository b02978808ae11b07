/** A float32 tensor as plain data, and as the bytes of it in a file. */

export interface RawTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The bytes of numbers, without a copy. */
export const bytesIn = ({ values }: RawTensor): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
