/** Where the files of a data set lie in the folder that `--data` names. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../command-line/refusal.js';

/** The first of the paths that is there, under the folder. */
export const pathIn = (folder: string, paths: readonly string[]): string => {
  const found = paths.map((path) => join(folder, path)).find((path) => existsSync(path));
  if (found === undefined) {
    throw new Refusal(
      `${folder}: expected ${paths.join(' or ')} in this folder, found none; name another with --data, or leave ` +
        'it out for data that are drawn here.',
    );
  }
  return found;
};
