import type { FileHandle } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import { readInto } from '../files/read-part.js';
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

/** Reads a file of `size` bytes that is not packed. */
export const readPlain = async (
  path: string,
  file: FileHandle,
  size: number,
): Promise<E.Either<IdxError, IdxArray>> => {
  const head = new Uint8Array(Math.min(size, LONGEST_HEADER));
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  const shape = decodeHeader(head.subarray(0, bytesRead), path);
  if (E.isLeft(shape)) return shape;
  const start = headerLength(shape.right.length);
  const expected = start + countOf(shape.right);
  const sizes = { path, expected, came: size };
  if (size < expected) return E.left({ _tag: 'IdxTruncated', ...sizes });
  if (size > expected) return E.left({ _tag: 'IdxTrailing', ...sizes });
  const room = bytesFor(path, expected);
  if (E.isLeft(room)) return room;
  if (!(await readInto(file, room.right))) throw new Error('it became shorter while it was read');
  return decodeIdx(room.right, path);
};
