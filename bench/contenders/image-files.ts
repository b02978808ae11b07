/** Images as IDX files, which every contender reads for itself, whatever it is written in. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { key } from 'marginalia';
import { digits } from '../../examples/data/digits.js';

/** As many training and test images as MNIST has. */
const TRAIN = 60_000;
const TEST = 10_000;

/** Digits that differ from each other; the rest repeat them. To draw all would take a minute. */
const DRAWN = 4000;

/** An IDX file of bytes: 0, 0, the type, the number of sizes, the sizes, and the values. */
export const idxOf = (count: number, side: number, values: Uint8Array): Uint8Array => {
  const file = Buffer.alloc(16 + count * side * side);
  file.set([0, 0, 8, 3]);
  file.writeUInt32BE(count, 4);
  file.writeUInt32BE(side, 8);
  file.writeUInt32BE(side, 12);
  for (let at = 16; at < file.length; at += values.length) {
    file.set(values.subarray(0, file.length - at), at);
  }
  return file;
};

/** Writes a folder of drawn digits in the form and the number of MNIST's, and gives its path. */
const drawnFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'marginalia-bench-'));
  const { images, rows } = digits({ count: DRAWN, key: key(7) });
  const bytes = Uint8Array.from(images, (x) => Math.round(255 * x));
  await writeFile(join(folder, 'train-images-idx3-ubyte'), idxOf(TRAIN, rows, bytes));
  await writeFile(join(folder, 't10k-images-idx3-ubyte'), idxOf(TEST, rows, bytes));
  return folder;
};

/** What `use` makes of a folder of images: the one that is given, or one of drawn digits that goes with it. */
export const withImages = async <A>(
  given: string | undefined,
  use: (folder: string) => Promise<A>,
): Promise<A> => {
  if (given !== undefined) return use(given);
  const folder = await drawnFolder();
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
