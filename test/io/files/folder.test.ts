import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, describe, expect, it } from 'vitest';
import { showFileError } from '../../../src/io/files/file-error.js';
import { makeFolder, tryFolder, tryingBy } from '../../../src/io/files/folder.js';
import { nodeFiles } from '../../../src/io/files/file-operations.js';
import { right } from '../../either.js';
import { faultyFiles, fullAfter } from './faulty-files.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('makeFolder', () => {
  it('makes all that is missing, and tells which folders have a new entry', async () => {
    const path = join(folder, 'x/y');
    expect(await makeFolder(nodeFiles, path)).toEqual([join(folder, 'x'), folder]);
    expect(await makeFolder(nodeFiles, path)).toEqual([]);
  });

  it('does not mind that another process makes it at the same time', async () => {
    const path = join(folder, 'race');
    const files = {
      ...nodeFiles,
      mkdir: async (one: string) => {
        await nodeFiles.mkdir(one);
        return nodeFiles.mkdir(one);
      },
    };
    expect(await makeFolder(files, path)).toEqual([folder]);
    expect(existsSync(path)).toBe(true);
  });
});

describe('tryFolder', () => {
  it('makes the folder and leaves it empty', async () => {
    const path = join(folder, 'a/b');
    right(await tryFolder(path)());
    expect(readdirSync(path)).toEqual([]);
  });

  it('refuses in a sentence what cannot be made or written to, and never hangs', async () => {
    writeFileSync(join(folder, 'file'), '');
    const cases = [
      ['', /^'' could not be written: the path is empty/],
      [join(folder, 'file'), /is a file, where a folder should be/],
      [join(folder, 'file/below'), /a part of the path is a file/],
      ['/proc/nowhere', /ENOENT/],
      ['/dev/null', /is a file, where/],
      ['a\0b', /null bytes/],
    ] as const;
    for (const [path, words] of cases) {
      const tried = await tryFolder(path)();
      expect(E.isLeft(tried) && showFileError(tried.left)).toMatch(words);
    }
  });

  it('finds a full disk and one that is read-only, and leaves nothing', async () => {
    const path = join(folder, 'full');
    const full = await tryingBy(fullAfter(0))(path)();
    expect(E.isLeft(full) && showFileError(full.left)).toMatch(/the disk is full/);
    const readOnly = faultyFiles(({ operation }) =>
      operation === 'open' ? { _tag: 'error', code: 'EROFS' } : undefined,
    );
    const tried = await tryingBy(readOnly)(path)();
    expect(E.isLeft(tried) && showFileError(tried.left)).toMatch(/the disk is read-only/);
    expect(readdirSync(path)).toEqual([]);
  });
});
