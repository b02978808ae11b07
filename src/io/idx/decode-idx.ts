/**
 * The IDX format, that of MNIST: bytes 0 0 8 ndim; `ndim` big-endian uint32 sizes; then one unsigned
 * byte per value, row-major.
 *
 * Law: what decodes has exactly the bytes that its sizes ask for, and nothing here throws.
 *
 * Source: LeCun, Cortes, Burges, "The MNIST database", section "File formats".
 */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { IdxError } from './idx-error.js';

/** Unsigned bytes with their axis lengths, outermost first; `values` is row-major. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

interface AxisBrand {
  readonly Axis: unique symbol;
}

const Axis = t.brand(t.Int, (n): n is t.Branded<t.Int, AxisBrand> => n > 0, 'Axis');

const Header = t.type({
  magic: t.tuple([t.literal(0), t.literal(0)]),
  elementType: t.literal(8),
  sizes: t.array(Axis),
});

/** The number of values. */
export const countOf = (sizes: readonly number[]): number =>
  sizes.reduce((size, axis) => size * axis, 1);

/** The length of a header in bytes. */
export const headerLength = (ndim: number): number => 4 + 4 * ndim;

/** The longest header: the number of axes is a byte. */
export const LONGEST_HEADER = headerLength(255);

/** So many bytes, where the machine has them. */
export const bytesFor = (path: string, count: number): E.Either<IdxError, Uint8Array> =>
  E.tryCatch(
    () => new Uint8Array(count),
    (): IdxError => ({ _tag: 'IdxTooLarge', path, bytes: count }),
  );

const headerError = (
  path: string,
  raw: { magic: readonly number[]; elementType: number; sizes: readonly number[] },
  errors: t.Errors,
): IdxError => {
  const field = errors[0]?.context[1]?.key;
  if (field === 'magic') return { _tag: 'IdxNotIdx', path, came: raw.magic };
  if (field === 'elementType') return { _tag: 'IdxElementType', path, came: raw.elementType };
  return { _tag: 'IdxSizes', path, came: raw.sizes };
};

/** The axis lengths that the first bytes of a file state. */
export const decodeHeader = (
  bytes: Uint8Array,
  path: string,
): E.Either<IdxError, readonly number[]> => {
  const magic = [...bytes.subarray(0, 2)];
  // Before the length: a short file of another kind is better named as such.
  if (magic.some((byte) => byte !== 0)) return E.left({ _tag: 'IdxNotIdx', path, came: magic });
  const expected = headerLength(bytes[3] ?? 0);
  if (bytes.length < expected) {
    return E.left({ _tag: 'IdxTruncated', path, expected, came: bytes.length });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = Array.from({ length: view.getUint8(3) }, (_, axis) => view.getUint32(4 + 4 * axis));
  const raw = { magic, elementType: view.getUint8(2), sizes };
  return pipe(
    Header.decode(raw),
    E.mapLeft((errors) => headerError(path, raw, errors)),
    E.map((header) => header.sizes),
    E.filterOrElse(
      (axes) => axes.length > 0 && Number.isSafeInteger(countOf(axes)),
      (): IdxError => ({ _tag: 'IdxSizes', path, came: sizes }),
    ),
  );
};

/**
 * The array in the bytes of an IDX file, already unpacked; `label` names them in errors.
 *
 * `values` shares its memory with `bytes`. Never throws.
 *
 * @example
 * ```ts
 * const bytes = new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]);
 * decodeIdx(bytes, 'labels'); // E.right({ shape: [2], values: new Uint8Array([7, 9]) })
 * ```
 */
export const decodeIdx = (bytes: Uint8Array, label: string): E.Either<IdxError, IdxArray> =>
  pipe(
    decodeHeader(bytes, label),
    E.chain((shape): E.Either<IdxError, IdxArray> => {
      const start = headerLength(shape.length);
      const expected = start + countOf(shape);
      const sizes = { path: label, expected, came: bytes.length };
      if (bytes.length < expected) return E.left({ _tag: 'IdxTruncated', ...sizes });
      if (bytes.length > expected) return E.left({ _tag: 'IdxTrailing', ...sizes });
      return E.right({ shape, values: bytes.subarray(start) });
    }),
  );
