/** Reads small files of text. */
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { hasCode, reasonOf } from '../../../dsl/refusals/thrown.js';
import { excerpt } from './excerpt.js';
import { readInto, withFile } from './read-part.js';

/** The most bytes of a file that is read whole. */
const MOST = 2 ** 24;

/** The text of a file as UTF-8, or why not in a few words. A file of more than 16 MiB is not read. */
export const readText =
  (path: string): TaskEither<string, string> =>
  async () => {
    try {
      return await withFile(path, async (file, size) => {
        if (size > MOST) return E.left(`it has ${size} bytes, more than ${MOST}`);
        const bytes = new Uint8Array(size);
        if (!(await readInto(file, bytes))) return E.left('it became shorter while it was read');
        return E.right(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
      });
    } catch (thrown) {
      return E.left(
        hasCode(thrown, 'ENOENT') ? 'there is no such file' : excerpt(reasonOf(thrown), 200),
      );
    }
  };
