/** Reads the file of a checkpoint: the header, which is checked, and then, if they are wanted, the numbers. */
import type { FileHandle } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import { hasCode, reasonOf } from '../../../dsl/refusals/thrown.js';
import { excerpt } from '../files/excerpt.js';
import { readInto, withFile } from '../files/read-part.js';
import type { CheckpointError } from './checkpoint-error.js';
import { brokenData, brokenSeal } from './checksum.js';
import { type Facts, factsFrom } from './facts.js';
import { type RawTensor, bytesIn } from './raw-tensor.js';
import {
  type Header,
  LENGTH_BYTES,
  bytesOf,
  dataBytes,
  decodeHeader,
  headerLength,
} from './safetensors.js';

/** What a checkpoint says before its numbers. */
export interface Opened {
  readonly header: Header;
  readonly facts: Facts;
}

type Read<A> = E.Either<CheckpointError, A>;

const unreadable = (path: string, reason: string): CheckpointError => ({
  _tag: 'unreadable',
  path,
  reason,
});

const CUT = 'it is cut short';

/** The bytes of a header, as long as it says, but no longer than the file. */
const headerBytes = async (
  file: FileHandle,
  size: number,
): Promise<E.Either<string, Uint8Array>> => {
  const start = new Uint8Array(LENGTH_BYTES);
  if (!(await readInto(file, start))) return E.left(CUT);
  const length = headerLength(start);
  if (length === undefined || length > size - LENGTH_BYTES) return E.left(CUT);
  const bytes = new Uint8Array(LENGTH_BYTES + length);
  bytes.set(start);
  return (await readInto(file, bytes.subarray(LENGTH_BYTES))) ? E.right(bytes) : E.left(CUT);
};

const openHeader = async (file: FileHandle, size: number): Promise<E.Either<string, Opened>> => {
  const bytes = await headerBytes(file, size);
  if (E.isLeft(bytes)) return bytes;
  const broken = brokenSeal(bytes.right);
  if (broken !== undefined) return E.left(broken);
  const header = decodeHeader(bytes.right);
  if (E.isLeft(header)) return header;
  const over = size - bytes.right.length - dataBytes(header.right);
  if (over < 0) return E.left(CUT);
  if (over > 0) return E.left(`it goes on for ${over} bytes after its tensors`);
  const facts = factsFrom(header.right);
  return E.isLeft(facts) ? facts : E.right({ header: header.right, facts: facts.right });
};

const numbers = async (
  file: FileHandle,
  header: Header,
): Promise<E.Either<string, ReadonlyMap<string, RawTensor>>> => {
  const tensors = new Map<string, RawTensor>();
  for (const [name, shape] of header.shapes) {
    const tensor = { shape, values: new Float32Array(bytesOf(shape) / 4) };
    if (!(await readInto(file, bytesIn(tensor)))) return E.left(CUT);
    tensors.set(name, tensor);
  }
  const broken = brokenData(header, [...tensors.values()].map(bytesIn));
  return broken === undefined ? E.right(tensors) : E.left(broken);
};

const reading = async <A>(
  path: string,
  work: (file: FileHandle, size: number) => Promise<Read<A>>,
): Promise<Read<A>> => {
  try {
    return await withFile(path, work);
  } catch (error) {
    return E.left(
      hasCode(error, 'ENOENT')
        ? { _tag: 'missing', path }
        : unreadable(path, excerpt(reasonOf(error), 200)),
    );
  }
};

/** What a checkpoint says beside its numbers, which are not read. */
export const readFacts = (path: string): Promise<Read<Facts>> =>
  reading(path, async (file, size) => {
    const opened = await openHeader(file, size);
    return E.isLeft(opened) ? E.left(unreadable(path, opened.left)) : E.right(opened.right.facts);
  });

/**
 * All of a checkpoint. The numbers are read only where `differs` finds nothing in what comes before them,
 * so that no more memory is taken than the state that is expected does.
 */
export const readAll = (
  path: string,
  differs: (opened: Opened) => string | undefined,
): Promise<Read<{ readonly facts: Facts; readonly tensors: ReadonlyMap<string, RawTensor> }>> =>
  reading(path, async (file, size) => {
    const opened = await openHeader(file, size);
    if (E.isLeft(opened)) return E.left(unreadable(path, opened.left));
    const reason = differs(opened.right);
    if (reason !== undefined) return E.left({ _tag: 'anotherModel', path, reason });
    const tensors = await numbers(file, opened.right.header);
    return E.isLeft(tensors)
      ? E.left(unreadable(path, tensors.left))
      : E.right({ facts: opened.right.facts, tensors: tensors.right });
  });
