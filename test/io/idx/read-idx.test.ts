import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, describe, expect, it } from 'vitest';
import {
  decodeIdx,
  readIdx,
  readImages,
  readImagesIn,
  showIdxError,
  type IdxArray,
  type IdxError,
} from '../../../src/io/idx/read-idx.js';
import { bytesFor } from '../../../src/io/idx/decode-idx.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-idx-'));
afterAll(() => rmSync(folder, { recursive: true }));

const save = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

const header = (sizes: readonly number[], elementType = 8): readonly number[] => [
  0,
  0,
  elementType,
  sizes.length,
  ...sizes.flatMap((size) => [size >>> 24, (size >>> 16) & 255, (size >>> 8) & 255, size & 255]),
];

const encode = ({ shape, values }: IdxArray): Uint8Array =>
  Uint8Array.from([...header(shape), ...values]);

const arrays: fc.Arbitrary<IdxArray> = fc
  .array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 })
  .chain((shape) => {
    const size = shape.reduce((product, axis) => product * axis, 1);
    return fc
      .uint8Array({ minLength: size, maxLength: size })
      .map((values) => ({ shape, values: Uint8Array.from(values) }));
  });

const errorOf = (result: E.Either<IdxError, unknown>): IdxError => {
  if (E.isRight(result)) throw new Error('expected an error, got a value');
  return result.left;
};

const images = (count: number, rows: number, columns: number): Uint8Array =>
  encode({ shape: [count, rows, columns], values: new Uint8Array(count * rows * columns).fill(7) });

/** A new folder that has these files. */
const folderOf = (...files: readonly (readonly [string, Uint8Array])[]): string => {
  const dir = mkdtempSync(join(folder, 'in-'));
  for (const [name, bytes] of files) writeFileSync(join(dir, name), bytes);
  return dir;
};

describe('decodeIdx', () => {
  it('reads back what was written, also from the middle of a buffer', () => {
    fc.assert(
      fc.property(arrays, fc.nat({ max: 3 }), (array, before) => {
        const bytes = encode(array);
        const buffer = new Uint8Array(before + bytes.length);
        buffer.set(bytes, before);
        expect(decodeIdx(buffer.subarray(before), 'a')).toEqual(E.right(array));
      }),
    );
  });

  it('reads sizes as big-endian', () => {
    const bytes = Uint8Array.from([...header([256, 2]), ...new Uint8Array(512)]);
    expect([...bytes.subarray(4, 8)]).toEqual([0, 0, 1, 0]);
    expect(decodeIdx(bytes, 'a')).toMatchObject(E.right({ shape: [256, 2] }));
  });

  it('cut short at any byte is IdxTruncated, with the bytes that came', () => {
    fc.assert(
      fc.property(arrays, (array) => {
        const bytes = encode(array);
        for (let length = 0; length < bytes.length; length++) {
          const error = errorOf(decodeIdx(bytes.subarray(0, length), 'a'));
          const start = 4 + 4 * array.shape.length;
          const expected = length < 4 ? 4 : length < start ? start : bytes.length;
          expect(error).toEqual({ _tag: 'IdxTruncated', path: 'a', expected, came: length });
        }
      }),
    );
  });

  it('with bytes left over is IdxTrailing', () => {
    fc.assert(
      fc.property(arrays, fc.integer({ min: 1, max: 9 }), (array, extra) => {
        const bytes = encode(array);
        const longer = Uint8Array.from([...bytes, ...new Uint8Array(extra)]);
        expect(errorOf(decodeIdx(longer, 'a'))).toEqual({
          _tag: 'IdxTrailing',
          path: 'a',
          expected: bytes.length,
          came: bytes.length + extra,
        });
      }),
    );
  });

  it.each([
    { what: 'another magic', bytes: [0x89, 0x50, 8, 1, 0, 0, 0, 1, 0], _tag: 'IdxNotIdx' },
    { what: 'a second byte not 0', bytes: [0, 1, 8, 1, 0, 0, 0, 1, 0], _tag: 'IdxNotIdx' },
    { what: 'one byte of another kind', bytes: [0x89], _tag: 'IdxNotIdx' },
    { what: 'floats', bytes: [...header([1], 13), 0, 0, 0, 0], _tag: 'IdxElementType' },
    { what: 'an unknown element type', bytes: [...header([1], 1), 0], _tag: 'IdxElementType' },
    { what: 'no axes', bytes: [...header([]), 0], _tag: 'IdxSizes' },
    { what: 'an empty axis', bytes: header([3, 0, 2]), _tag: 'IdxSizes' },
    { what: 'sizes beyond 2^53', bytes: header([2 ** 31, 2 ** 31]), _tag: 'IdxSizes' },
    { what: 'sizes beyond doubles', bytes: header(Array(255).fill(2 ** 31)), _tag: 'IdxSizes' },
    { what: 'sizes beyond the file', bytes: header([2 ** 31]), _tag: 'IdxTruncated' },
  ])('$what is $_tag', ({ bytes, _tag }) => {
    expect(errorOf(decodeIdx(Uint8Array.from(bytes), 'a'))._tag).toBe(_tag);
  });

  it('never throws, and what decodes has the bytes of its sizes', () => {
    const nearIdx = fc
      .tuple(fc.constantFrom(0, 0, 0, 1), fc.constantFrom(8, 8, 8, 9), fc.nat({ max: 2 }))
      .chain(([zero, type, ndim]) =>
        fc
          .array(fc.constantFrom(0, 0, 0, 1, 2, 255), { maxLength: 14 })
          .map((rest) => Uint8Array.from([zero, 0, type, ndim, ...rest])),
      );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), nearIdx), (bytes) => {
        const result = decodeIdx(Uint8Array.from(bytes), 'a');
        if (E.isLeft(result)) expect(showIdxError(result.left)).toMatch(/^a: expected .*; .*\.$/);
        else {
          const { shape, values } = result.right;
          expect(values).toHaveLength(shape.reduce((product, axis) => product * axis, 1));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('readIdx', () => {
  it('reads plain and gzip, by content and not by name', async () => {
    const array: IdxArray = { shape: [2, 3], values: Uint8Array.from([1, 2, 3, 4, 5, 6]) };
    const plain = save('plain.gz', encode(array));
    const packed = save('packed', gzipSync(encode(array)));
    for (const path of [plain, packed]) {
      const result = await readIdx(path)();
      if (E.isLeft(result)) throw new Error(showIdxError(result.left));
      expect(result.right.shape).toEqual(array.shape);
      expect([...result.right.values]).toEqual([...array.values]);
    }
  });

  it('gzip cut short at any byte is an error, and never throws', async () => {
    const packed = gzipSync(images(2, 3, 3));
    for (let length = 0; length < packed.length; length++) {
      const error = errorOf(await readIdx(save('cut', packed.subarray(0, length)))());
      expect(error._tag).toBe(['IdxTruncated', 'IdxNotIdx'][length] ?? 'IdxGzip');
    }
  });

  it('spoilt gzip is IdxGzip', async () => {
    const packed = gzipSync(images(2, 3, 3)).map((byte, i, all) =>
      i === all.length - 6 ? byte ^ 1 : byte,
    );
    expect(errorOf(await readIdx(save('spoilt', packed))())._tag).toBe('IdxGzip');
  });

  it('gzip of more than the header states is left off, and not unpacked', async () => {
    const bomb = gzipSync(
      Buffer.concat([encode({ shape: [1500], values: new Uint8Array(1500) }), Buffer.alloc(2e8)]),
    );
    const path = save('bomb', bomb);
    const before = process.memoryUsage().rss;
    const error = errorOf(await readIdx(path)());
    expect(error).toMatchObject({ _tag: 'IdxTrailing', expected: 1508 });
    expect(error._tag === 'IdxTrailing' && error.came).toBeLessThan(1e6);
    expect(process.memoryUsage().rss - before).toBeLessThan(5e7);
    expect(showIdxError(error)).toMatch(/expected 1508 bytes, got more: the file goes on/);
  });

  it('a header that states more than gzip can hold is refused before there is room for it', async () => {
    const values = new Uint8Array(2000);
    const lying = [...header([2 ** 31 - 1]), ...values];
    const error = errorOf(await readIdx(save('lying', gzipSync(Uint8Array.from(lying))))());
    expect(showIdxError(error)).toMatch(
      /whole gzip data, got "\d+ bytes, which cannot hold the 2147483655/,
    );
    const little = [...header([3000]), ...values];
    const cut = errorOf(await readIdx(save('little', gzipSync(Uint8Array.from(little))))());
    expect(cut).toMatchObject({ _tag: 'IdxTruncated', expected: 3008, came: 2008 });
    expect(showIdxError(errorOf(bytesFor('a', 2 ** 53 - 1)))).toBe(
      'a: expected values that fit into memory, got 9007199254740991 bytes of them; split the file.',
    );
  });

  it('gzip with something after its end is IdxGzip, noughts too', async () => {
    const packed = gzipSync(images(50, 28, 28));
    for (const [count, fill] of [
      [1, 0],
      [1, 7],
      [9, 0x1f],
      [100_000, 0],
      [100_000, 7],
    ] as const) {
      const longer = Buffer.concat([packed, Buffer.alloc(count, fill)]);
      const error = errorOf(await readIdx(save('longer', longer))());
      expect(error._tag).toBe('IdxGzip');
      expect(showIdxError(error).length).toBeLessThan(folder.length + 300);
    }
  });

  it('reads what is unpacked in many pieces, and several packed pieces in a row', async () => {
    const values = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 3);
    const bytes = encode({ shape: [300, 1000], values });
    const halves = [bytes.subarray(0, 70_001), bytes.subarray(70_001)].map((half) =>
      gzipSync(half),
    );
    for (const packed of [gzipSync(bytes), Buffer.concat(halves), bytes]) {
      const read = await readIdx(save('many', packed))();
      if (E.isLeft(read)) throw new Error(showIdxError(read.left));
      expect(Buffer.compare(read.right.values, values)).toBe(0);
    }
  });

  it('a pipe or a device is IdxUnreadable, and is not waited for', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero']) {
      expect(showIdxError(errorOf(await readIdx(path)()))).toMatch(/"it is no regular file"/);
    }
  });

  it('no file is IdxMissing, and a folder IdxUnreadable', async () => {
    const path = join(folder, 'absent');
    expect(errorOf(await readIdx(path)())).toEqual({ _tag: 'IdxMissing', path, tried: [path] });
    expect(errorOf(await readIdx(folder)())._tag).toBe('IdxUnreadable');
  });
});

describe('readImages', () => {
  it('gives the three axes by name', async () => {
    const path = save('images', images(2, 3, 4));
    const expected = { count: 2, rows: 3, columns: 4 };
    expect(await readImages(path)()).toMatchObject(E.right(expected));
    expect(await readImages(path, { rows: 3, columns: 4 })()).toMatchObject(E.right(expected));
  });

  it.each([
    { what: 'labels', bytes: encode({ shape: [2], values: new Uint8Array(2) }), came: [2] },
    {
      what: 'colour',
      bytes: new Uint8Array([...header([1, 4, 3, 1]), ...Array(12).fill(0)]),
      came: [1, 4, 3, 1],
    },
    { what: 'another height', bytes: images(1, 5, 3), came: [1, 5, 3] },
    { what: 'another width', bytes: images(1, 4, 5), came: [1, 4, 5] },
    { what: 'rows and columns exchanged', bytes: images(1, 3, 4), came: [1, 3, 4] },
  ])('$what is IdxShape', async ({ bytes, came }) => {
    const error = errorOf(await readImages(save('other', bytes), { rows: 4, columns: 3 })());
    expect(error).toMatchObject({ _tag: 'IdxShape', came });
  });
});

describe('readImagesIn', () => {
  it('takes the first name that is there, plain before gzip', async () => {
    const dir = folderOf(
      ['b', images(1, 2, 2)],
      ['b.gz', gzipSync(images(2, 2, 2))],
      ['c.gz', gzipSync(images(3, 2, 2))],
    );
    const countOf = async (names: readonly string[]): Promise<unknown> =>
      E.map(({ count }: { readonly count: number }) => count)(await readImagesIn(dir, names)());
    expect(await countOf(['a', 'b', 'c'])).toEqual(E.right(1));
    expect(await countOf(['c', 'b'])).toEqual(E.right(3));
  });

  it('a bad file is its own error, though a good one follows', async () => {
    const dir = folderOf(['a', new Uint8Array([1, 2, 3])], ['b', images(1, 2, 2)]);
    expect(errorOf(await readImagesIn(dir, ['a', 'b'])())).toMatchObject({
      _tag: 'IdxNotIdx',
      path: join(dir, 'a'),
    });
  });

  it('no file at all names the folder and all that was tried', async () => {
    const dir = folderOf();
    expect(showIdxError(errorOf(await readImagesIn(dir, ['a', 'b'])()))).toBe(
      `${dir}: expected a file a or a.gz or b or b.gz in this folder, found none; ` +
        'download it, or give the path where it is.',
    );
  });
});

describe('showIdxError', () => {
  it('says that a file is missing', async () => {
    const path = join(folder, 'absent');
    expect(showIdxError(errorOf(await readIdx(path)()))).toBe(
      `${path}: expected a file of this name, found none; ` +
        'download it, or give the path where it is.',
    );
  });

  it('says what is wrong with gzip bytes given to decodeIdx', () => {
    expect(showIdxError(errorOf(decodeIdx(gzipSync(images(1, 1, 1)), 'x.gz')))).toBe(
      'x.gz: expected an IDX file, which starts with the bytes 0 0, got 31 139; ' +
        'these bytes are gzip; unpack them first, or read the file with readIdx.',
    );
  });

  it('counts bytes', () => {
    const error = errorOf(decodeIdx(images(1, 2, 2).subarray(0, 19), 'a'));
    expect(showIdxError(error)).toBe(
      'a: expected 20 bytes, got 19 bytes: the file is cut short; ' +
        'download or copy the file again.',
    );
  });
});

const mnist = join(import.meta.dirname, '../../../../shared/data/mnist');

describe('MNIST', () => {
  it.skipIf(!existsSync(mnist))('test images and labels read', async () => {
    const size = { rows: 28, columns: 28 };
    const test = await readImages(join(mnist, 't10k-images-idx3-ubyte.gz'), size)();
    const labels = await readIdx(join(mnist, 't10k-labels-idx1-ubyte.gz'))();
    expect(test).toMatchObject(E.right({ count: 10_000, ...size }));
    if (E.isLeft(labels)) throw new Error(showIdxError(labels.left));
    expect([...labels.right.values.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  });
});
