/**
 * The checksums of a checkpoint: SHA-256 of its numbers, which stands in its header, and SHA-256 of the
 * header itself, length, notes and all, taken with noughts in the place of its own digits. So one bit that
 * differs anywhere is found, and the header can be trusted before the numbers are read.
 */
import { createHash } from 'node:crypto';
import { type Header, LENGTH_BYTES, encodeHeader } from './safetensors.js';

const OF_HEADER = 'sha256/header';
const OF_DATA = 'sha256/data';
const NOUGHTS = '0'.repeat(64);

/** What every header starts with, behind its length; the digits follow. */
const OPENING = `{"__metadata__":{"${OF_HEADER}":"`;
const DIGITS = LENGTH_BYTES + OPENING.length;

const digestOf = (parts: Iterable<Uint8Array>): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

const textAt = (bytes: Uint8Array, from: number, length: number): string =>
  new TextDecoder('latin1').decode(bytes.subarray(from, from + length));

/** The bytes with other digits. */
const withDigits = (bytes: Uint8Array, digits: string): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy.set(new TextEncoder().encode(digits), DIGITS);
  return copy;
};

const sealOf = (header: Uint8Array): string => digestOf([withDigits(header, NOUGHTS)]);

/** A header's bytes with the checksums of itself and of the numbers after it. */
export const sealedHeader = (
  { metadata, shapes }: Header,
  data: Iterable<Uint8Array>,
): Uint8Array => {
  const own = [
    [OF_HEADER, NOUGHTS],
    [OF_DATA, digestOf(data)],
  ] as const;
  const bytes = encodeHeader({ metadata: new Map([...own, ...metadata]), shapes });
  return withDigits(bytes, sealOf(bytes));
};

/** What is wrong with a header by its own checksum, if anything. */
export const brokenSeal = (header: Uint8Array): string | undefined => {
  if (textAt(header, LENGTH_BYTES, OPENING.length) !== OPENING) return 'it has no checksum';
  const found = textAt(header, DIGITS, NOUGHTS.length);
  return found === sealOf(header)
    ? undefined
    : 'its header does not have the checksum that it states';
};

/** What is wrong with the numbers by the checksum that the header states for them, if anything. */
export const brokenData = ({ metadata }: Header, data: Iterable<Uint8Array>): string | undefined =>
  metadata.get(OF_DATA) === digestOf(data)
    ? undefined
    : 'its numbers do not have the checksum that it states';
