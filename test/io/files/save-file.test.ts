/** Files are whole or not there, whatever fails. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, describe, expect, it } from 'vitest';
import { type FileError, showFileError } from '../../../src/io/files/file-error.js';
import { nodeFiles } from '../../../src/io/files/file-operations.js';
import { saveFile, savingBy } from '../../../src/io/files/save-file.js';
import { right } from '../../either.js';
import { type Asked, type Fault, faultyFiles, fullAfter } from './faulty-files.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

let made = 0;
const fresh = (): string => {
  made += 1;
  const path = join(folder, String(made));
  mkdirSync(path);
  return path;
};

const contentOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const said = (result: E.Either<FileError, void>): string =>
  E.isLeft(result) ? showFileError(result.left) : 'saved';

describe('saveFile', () => {
  it('makes folders, replaces what was there, and keeps its mode and links to it', async () => {
    const home = fresh();
    const path = join(home, 'a/b/c.txt');
    right(await saveFile(path, 'first')());
    chmodSync(path, 0o640);
    const link = join(home, 'link.txt');
    symlinkSync(path, link);
    right(await saveFile(link, [Uint8Array.of(115, 101), Uint8Array.of(), Uint8Array.of(99)])());
    expect(contentOf(path)).toBe('sec');
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readlinkSync(link)).toBe(path);
    expect(readdirSync(join(home, 'a/b'))).toEqual(['c.txt']);
  });

  it('takes a name as long as a name may be', async () => {
    const home = fresh();
    right(await saveFile(join(home, 'n'.repeat(255)), '')());
    expect(readdirSync(home)).toEqual(['n'.repeat(255)]);
  });

  const CODES = ['ENOSPC', 'EIO', 'EDQUOT', 'EACCES', 'EROFS', 'EINVAL', 'ENOENT'];
  const faults: fc.Arbitrary<Fault> = fc.oneof(
    fc.constantFrom(...CODES).map((code): Fault => ({ _tag: 'error', code })),
    fc.nat({ max: 40 }).map((bytes): Fault => ({ _tag: 'short', bytes })),
    fc.constant<Fault>({ _tag: 'lie' }),
  );

  it('leaves all of the old or all of the new, and no other file, whatever fails', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.option(fc.string({ maxLength: 60 }), { nil: undefined }),
        fc.array(fc.string({ minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 3 }),
        fc.array(fc.tuple(fc.nat({ max: 20 }), faults), { minLength: 1, maxLength: 3 }),
        async (old, parts, bad) => {
          const home = fresh();
          const path = join(home, 'file');
          if (old !== undefined) writeFileSync(path, old);
          const asked: Asked[] = [];
          const met: (Asked & { readonly error: boolean })[] = [];
          const files = faultyFiles((one) => {
            asked.push(one);
            const [, fault] = bad.find(([nth]) => nth === one.nth) ?? [];
            const meets =
              fault !== undefined && (fault._tag === 'error' || one.operation === 'write');
            if (meets) met.push({ ...one, error: fault._tag === 'error' });
            return fault;
          });
          const bytes = parts.map((part) => new TextEncoder().encode(part));
          const saved = await savingBy(files)(path, bytes)();
          const found = contentOf(path);
          const flushed = met.some(
            ({ operation, path: at }) =>
              at === home && ['open', 'sync', 'close'].includes(operation),
          );
          if (E.isRight(saved)) expect(found).toBe(parts.join(''));
          // Only what comes after the new name was given may fail with the new content in place.
          else expect(found).toBe(flushed ? parts.join('') : old);
          const told = ['open', 'write', 'sync', 'fstat', 'close', 'rename'];
          if (met.some((one) => one.path !== home && told.includes(one.operation) && one.error)) {
            expect(said(saved)).not.toBe('saved');
          }
          if (met.length === 0) expect(said(saved)).toBe('saved');
          if (!met.some(({ operation }) => operation === 'unlink')) {
            expect(readdirSync(home)).toEqual(found === undefined ? [] : ['file']);
          }
          if (E.isLeft(saved))
            expect(said(saved)).toMatch(/file could not be written: .{1,400}\.$/);
          rmSync(home, { recursive: true });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('goes on where a write is short', async () => {
    const path = join(fresh(), 'file');
    const files = faultyFiles(() => ({ _tag: 'short', bytes: 3 }));
    right(await savingBy(files)(path, 'more than three bytes')());
    expect(contentOf(path)).toBe('more than three bytes');
  });

  it.each<[string, Fault, RegExp]>([
    ['that takes nothing', { _tag: 'short', bytes: 0 }, /the disk took 0 bytes of 3/],
    ['that says it took what it did not', { _tag: 'lie' }, /the disk has 0 bytes of 3/],
  ])('refuses a disk %s', async (_, fault, words) => {
    const home = fresh();
    const saved = await savingBy(faultyFiles(() => fault))(join(home, 'file'), 'abc')();
    expect(said(saved)).toMatch(words);
    expect(readdirSync(home)).toEqual([]);
  });

  it('says that the disk is full, and leaves the last good file', async () => {
    const home = fresh();
    const path = join(home, 'file');
    right(await saveFile(path, 'old')());
    for (const room of [0, 1, 99_999]) {
      const saved = await savingBy(fullAfter(room))(path, 'n'.repeat(100_000))();
      expect(said(saved)).toBe(
        `${path} could not be written: the disk is full (ENOSPC: no space left on device, write); ` +
          'free some space, or save to another disk.',
      );
      expect(contentOf(path)).toBe('old');
      expect(readdirSync(home)).toEqual(['file']);
    }
    right(await savingBy(fullAfter(100_000))(path, 'n'.repeat(100_000))());
  });

  it('flushes the file before it gets its name, and the folder after', async () => {
    const home = fresh();
    const asked: string[] = [];
    const files = faultyFiles(({ operation, path }) => {
      asked.push(path === home ? `${operation} of the folder` : operation);
      return undefined;
    });
    right(await savingBy(files)(join(home, 'file'), 'abc')());
    const order = ['write', 'sync', 'fstat', 'close', 'rename', 'sync of the folder'];
    expect(asked.filter((one) => order.includes(one))).toEqual(order);
  });

  it('refuses what is no file, at once and in a sentence', async () => {
    const home = fresh();
    mkdirSync(join(home, 'folder'));
    writeFileSync(join(home, 'file'), '');
    symlinkSync(join(home, 'nowhere'), join(home, 'dangling'));
    execFileSync('mkfifo', [join(home, 'pipe')]);
    const cases = [
      ['', /^'' could not be written: the path names no file/],
      [join(home, 'folder'), /it is a folder/],
      [join(home, 'dangling'), /it is a link to what is not there/],
      [join(home, 'file/below'), /a part of the path is a file \(ENOTDIR/],
      // Not a device of this machine: a fault would replace it.
      [join(home, 'pipe'), /it is a device or the like/],
      [join(home, 'a\0b'), /null bytes/],
      [join(home, 'n'.repeat(300)), /its name is too long/],
      [`/proc/nowhere/${'n'.repeat(9)}`, /^\/proc\/nowhere\/n+ could not be written/],
    ] as const;
    for (const [path, words] of cases) {
      const sentence = said(await saveFile(path, 'x')());
      expect(sentence).toMatch(words);
      expect(sentence.length).toBeLessThan(900);
    }
    expect(readdirSync(home).toSorted()).toEqual(['dangling', 'file', 'folder', 'pipe']);
  });

  it('does not replace a file that may not be written', async () => {
    const path = join(fresh(), 'file');
    writeFileSync(path, 'precious');
    const files = faultyFiles(({ operation }) =>
      operation === 'access' ? { _tag: 'error', code: 'EACCES' } : undefined,
    );
    expect(said(await savingBy(files)(path, 'x')())).toMatch(/it is not allowed/);
    expect(contentOf(path)).toBe('precious');
  });

  it('leaves no file open', async () => {
    const path = join(fresh(), 'file');
    let open = 0;
    const counting = {
      ...nodeFiles,
      open: async (...all: Parameters<typeof nodeFiles.open>) => {
        const file = await nodeFiles.open(...all);
        open += 1;
        return {
          ...file,
          write: () => Promise.reject(new Error('no')),
          chmod: () => Promise.resolve(),
          sync: () => file.sync(),
          stat: () => file.stat(),
          close: () => {
            open -= 1;
            return file.close();
          },
        };
      },
    };
    expect(said(await savingBy(counting)(path, 'x')())).toMatch(/: no\.$/);
    expect(open).toBe(0);
  });
});
