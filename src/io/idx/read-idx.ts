/**
 * Reads IDX files, plain or gzip. A file from outside can hold anything, so every failure is a value
 * and nothing here throws.
 */
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { hasCode, reasonOf } from '../../../dsl/refusals/thrown.js';
import { excerpt } from '../files/excerpt.js';
import { withFile } from '../files/read-part.js';
import type { IdxArray } from './decode-idx.js';
import type { IdxError } from './idx-error.js';
import { readPlain } from './plain-idx.js';
import { unpackIdx } from './unpack-idx.js';

export { decodeIdx, type IdxArray } from './decode-idx.js';
export { showIdxError, type IdxError } from './idx-error.js';

/** Grey images: `values` is count x rows x columns, row-major, 0 to 255. */
export interface IdxImages {
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly values: Uint8Array;
}

const isGzip = async (file: FileHandle): Promise<boolean> => {
  const { buffer, bytesRead } = await file.read(new Uint8Array(2), 0, 2, 0);
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
};

/**
 * The array in an IDX file, unpacked where the file is gzip, whatever its name. Memory is taken for what
 * the header states, and only where the file can hold as much: a gzip file of another size is left off at
 * the first byte too many.
 *
 * @example
 * ```ts
 * const labels = await readIdx('no-such-file.gz')();
 * E.mapLeft(showIdxError)(labels);
 * // E.left('no-such-file.gz: expected a file of this name, found none; download it, or give the path where it is.')
 * ```
 */
export const readIdx =
  (path: string): TE.TaskEither<IdxError, IdxArray> =>
  async () => {
    try {
      return await withFile(path, async (file, size) =>
        (await isGzip(file)) ? unpackIdx(path, file, size) : readPlain(path, file, size),
      );
    } catch (thrown) {
      return E.left(
        hasCode(thrown, 'ENOENT')
          ? { _tag: 'IdxMissing', path, tried: [path] }
          : { _tag: 'IdxUnreadable', path, reason: excerpt(reasonOf(thrown), 200) },
      );
    }
  };

const toImages =
  (path: string, size: { readonly rows: number; readonly columns: number } | undefined) =>
  ({ shape, values }: IdxArray): E.Either<IdxError, IdxImages> => {
    const [count = 0, rows = 0, columns = 0] = shape;
    const fits = size === undefined || (rows === size.rows && columns === size.columns);
    return shape.length === 3 && fits
      ? E.right({ count, rows, columns, values })
      : E.left({
          _tag: 'IdxShape',
          path,
          expected:
            size === undefined
              ? 'images, which have 3 axes (count x rows x columns)'
              : `images of ${size.rows} x ${size.columns}`,
          came: shape,
        });
  };

/**
 * The images in an IDX file of three axes, count x rows x columns, of the size given if one is.
 *
 * @example
 * ```ts
 * const images = await readImages('no-such-file.gz', { rows: 28, columns: 28 })();
 * E.isLeft(images) && images.left._tag; // 'IdxMissing'
 * ```
 */
export const readImages = (
  path: string,
  size?: { readonly rows: number; readonly columns: number },
): TE.TaskEither<IdxError, IdxImages> => pipe(readIdx(path), TE.chainEitherK(toImages(path, size)));

/**
 * The images of the first file in `dir` that is there, of each name in turn, plain and then `.gz`.
 *
 * Only a missing file leads on to the next: a bad one is its own error.
 *
 * @example
 * ```ts
 * const names = ['train-images-idx3-ubyte', 'train-images.idx3-ubyte'];
 * const images = await readImagesIn('no-such-folder', names)();
 * E.isLeft(images) && images.left._tag; // 'IdxMissing'
 * ```
 */
export const readImagesIn = (
  dir: string,
  names: readonly string[],
): TE.TaskEither<IdxError, IdxImages> => {
  const tried = names.flatMap((name) => [name, `${name}.gz`]);
  const missing: IdxError = { _tag: 'IdxMissing', path: dir, tried };
  return tried.reduce<TE.TaskEither<IdxError, IdxImages>>(
    (earlier, name) =>
      pipe(
        earlier,
        TE.orElse((error) =>
          error._tag === 'IdxMissing'
            ? pipe(
                readImages(join(dir, name)),
                TE.mapLeft((next) => (next._tag === 'IdxMissing' ? missing : next)),
              )
            : TE.left(error),
        ),
      ),
    TE.left(missing),
  );
};
