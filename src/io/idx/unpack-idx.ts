/** Reads packed IDX files in as much memory as their headers state, and never in more than they can hold. */
import type { FileHandle } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import * as E from 'fp-ts/lib/Either.js';
import { reasonOf } from '../../../dsl/refusals/thrown.js';
import { excerpt } from '../files/excerpt.js';
import {
  type IdxArray,
  LONGEST_HEADER,
  bytesFor,
  countOf,
  decodeHeader,
  decodeIdx,
  headerLength,
} from './decode-idx.js';
import type { IdxError } from './idx-error.js';

/** The most that deflate packs into a byte: four runs of 258, two bits each (zlib's technical notes). */
const MOST_TO_ONE = 1032;

/** The bytes that a header states, as they come in. */
interface Filling {
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** Room for what a header states, or why there can be none. */
const roomFor = (
  path: string,
  head: Uint8Array,
  packed: number,
): E.Either<IdxError, Uint8Array> => {
  const shape = decodeHeader(head, path);
  if (E.isLeft(shape)) return shape;
  const expected = headerLength(shape.right.length) + countOf(shape.right);
  if (expected > packed * MOST_TO_ONE) {
    const reason = `${packed} bytes, which cannot hold the ${expected} that its header states`;
    return E.left({ _tag: 'IdxGzip', path, reason });
  }
  return bytesFor(path, expected);
};

const unpacked = async (
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  packed: number,
): Promise<E.Either<IdxError, IdxArray>> => {
  let head = new Uint8Array();
  let filling: Filling | undefined;
  for await (const chunk of chunks) {
    let rest = chunk;
    if (filling === undefined) {
      head = Buffer.concat([head, chunk]);
      if (head.length < LONGEST_HEADER) continue;
      const room = roomFor(path, head, packed);
      if (E.isLeft(room)) return room;
      filling = { bytes: room.right, at: 0 };
      rest = head;
    }
    const { bytes, at }: Filling = filling;
    const came = at + rest.length;
    if (came > bytes.length)
      return E.left({ _tag: 'IdxTrailing', path, expected: bytes.length, came });
    bytes.set(rest, at);
    filling = { bytes, at: came };
  }
  return decodeIdx(filling === undefined ? head : filling.bytes.subarray(0, filling.at), path);
};

/** Reads a gzip file of `size` bytes. */
export const unpackIdx = async (
  path: string,
  file: FileHandle,
  size: number,
): Promise<E.Either<IdxError, IdxArray>> => {
  const gunzip = createGunzip();
  const packed = file.createReadStream({ start: 0, autoClose: false });
  packed.on('error', (error) => gunzip.destroy(error));
  packed.pipe(gunzip);
  try {
    const found = await unpacked(path, gunzip, size);
    const over = size - gunzip.bytesWritten;
    // Noughts after the end, which Node passes over, are not what was packed.
    return E.isRight(found) && over > 0
      ? E.left({ _tag: 'IdxGzip', path, reason: `${over} bytes after its end` })
      : found;
  } catch (error) {
    return E.left({ _tag: 'IdxGzip', path, reason: excerpt(reasonOf(error), 200) });
  } finally {
    packed.destroy();
    gunzip.destroy();
  }
};
