import { excerpt } from '../files/excerpt.js';

/** What can be wrong with an IDX file, as data; `path` is the file, or the label of the bytes. */
export type IdxError =
  /** No such file; `tried` are the names looked for. */
  | { readonly _tag: 'IdxMissing'; readonly path: string; readonly tried: readonly string[] }
  /** The file is there and cannot be read, for the system's `reason`. */
  | { readonly _tag: 'IdxUnreadable'; readonly path: string; readonly reason: string }
  /** The file starts as gzip and does not unpack. */
  | { readonly _tag: 'IdxGzip'; readonly path: string; readonly reason: string }
  /** The first two bytes are not 0 0. */
  | { readonly _tag: 'IdxNotIdx'; readonly path: string; readonly came: readonly number[] }
  /** The element type is not 8, the code of unsigned bytes. */
  | { readonly _tag: 'IdxElementType'; readonly path: string; readonly came: number }
  /** There is no axis, an axis of length 0, or a product of axes beyond 2⁵³ − 1. */
  | { readonly _tag: 'IdxSizes'; readonly path: string; readonly came: readonly number[] }
  /** Fewer bytes than the header, or the sizes in it, ask for. */
  | {
      readonly _tag: 'IdxTruncated';
      readonly path: string;
      readonly expected: number;
      readonly came: number;
    }
  /** More bytes than the sizes in the header ask for; `came` of a gzip file are those unpacked so far. */
  | {
      readonly _tag: 'IdxTrailing';
      readonly path: string;
      readonly expected: number;
      readonly came: number;
    }
  /** Its header states more bytes than there can be in memory. */
  | { readonly _tag: 'IdxTooLarge'; readonly path: string; readonly bytes: number }
  /** A sound file that holds something other than the images asked for. */
  | {
      readonly _tag: 'IdxShape';
      readonly path: string;
      readonly expected: string;
      readonly came: readonly number[];
    };

const ELEMENT_TYPES: Readonly<Record<number, string>> = {
  0x09: 'signed bytes',
  0x0b: '16-bit integers',
  0x0c: '32-bit integers',
  0x0d: 'floats',
  0x0e: 'doubles',
};

const AGAIN = 'download or copy the file again';

const bytes = (count: number): string => (count === 1 ? '1 byte' : `${count} bytes`);

const shape = (sizes: readonly number[]): string =>
  sizes.length === 0 ? 'no axes' : excerpt(sizes.join(' x '));

const sought = (path: string, tried: readonly string[]): string => {
  const names = tried.filter((name) => name !== path);
  return names.length === 0 ? 'a file of this name' : `a file ${names.join(' or ')} in this folder`;
};

const notIdx = (came: readonly number[]): string =>
  came[0] === 0x1f && came[1] === 0x8b
    ? 'these bytes are gzip; unpack them first, or read the file with readIdx'
    : 'name an IDX file, such as train-images-idx3-ubyte.gz of MNIST';

/**
 * One sentence: the file, what was expected, what came, and the cure.
 *
 * @example
 * ```ts
 * showIdxError({ _tag: 'IdxTruncated', path: 'a-idx1-ubyte', expected: 10, came: 9 });
 * // 'a-idx1-ubyte: expected 10 bytes, got 9 bytes: the file is cut short; download or copy the file again.'
 * ```
 */
export const showIdxError = (error: IdxError): string => {
  switch (error._tag) {
    case 'IdxMissing':
      return (
        `${error.path}: expected ${sought(error.path, error.tried)}, found none; ` +
        'download it, or give the path where it is.'
      );
    case 'IdxUnreadable':
      return (
        `${error.path}: expected a file that can be read, got "${error.reason}"; ` +
        'check that it is a file and that you may read it.'
      );
    case 'IdxGzip':
      return `${error.path}: expected whole gzip data, got "${error.reason}"; ${AGAIN}.`;
    case 'IdxNotIdx':
      return (
        `${error.path}: expected an IDX file, which starts with the bytes 0 0, ` +
        `got ${error.came.join(' ')}; ${notIdx(error.came)}.`
      );
    case 'IdxElementType':
      return (
        `${error.path}: expected unsigned bytes (element type 8), got element type ${error.came} ` +
        `(${ELEMENT_TYPES[error.came] ?? 'unknown'}); convert the values to unsigned bytes.`
      );
    case 'IdxSizes':
      return (
        `${error.path}: expected one axis or more, each of length 1 or more and together below ` +
        `2^53 values, got ${shape(error.came)}; ${AGAIN}.`
      );
    case 'IdxTruncated':
      return (
        `${error.path}: expected ${bytes(error.expected)}, got ${bytes(error.came)}: ` +
        `the file is cut short; ${AGAIN}.`
      );
    case 'IdxTrailing':
      return (
        `${error.path}: expected ${bytes(error.expected)}, got more: ` +
        `the file goes on past its values; ${AGAIN}.`
      );
    case 'IdxTooLarge':
      return (
        `${error.path}: expected values that fit into memory, got ${bytes(error.bytes)} of them; ` +
        'split the file.'
      );
    case 'IdxShape':
      return (
        `${error.path}: expected ${error.expected}, got shape ${shape(error.came)}; ` +
        'name the file of the images, and ask for the size that it has.'
      );
  }
};
