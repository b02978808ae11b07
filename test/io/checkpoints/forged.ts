/** Checkpoint files made by hand, by the format's description alone: what nobody but an enemy writes. */
import { createHash } from 'node:crypto';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export interface Forgery {
  /** The metadata after the checksums, as JSON without braces. */
  readonly metadata?: string;
  /** The entries of tensors, as JSON without braces. */
  readonly entries?: string;
  readonly data?: Uint8Array;
  /** What follows the header's JSON. */
  readonly padding?: string;
  readonly after?: Uint8Array;
}

export const METADATA = '"format":"marginalia-svi-2","step":"3","key":"[0,7]","support/loc":"real"';

export const ENTRIES = '"params/loc":{"dtype":"F32","shape":[],"data_offsets":[0,4]}';

/** A float32 number as four bytes. */
export const float32 = (...values: readonly number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer);

/** A file whose checksums are right, whatever is in it. */
export const forged = ({
  metadata = METADATA,
  entries = ENTRIES,
  data = float32(0.5),
  padding,
  after = new Uint8Array(),
}: Forgery): Uint8Array => {
  const headerOf = (digest: string): Buffer => {
    const own = `"sha256/header":"${digest}","sha256/data":"${sha256(data)}"`;
    const json = Buffer.from(
      `{"__metadata__":{${own}${metadata && ','}${metadata}}${entries && ','}${entries}}`,
    );
    const spaces = padding ?? ' '.repeat((8 - (json.length % 8)) % 8);
    const text = Buffer.concat([json, Buffer.from(spaces)]);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    return Buffer.concat([length, text]);
  };
  const digest = sha256(headerOf('0'.repeat(64)));
  return Buffer.concat([headerOf(digest), data, after]);
};
