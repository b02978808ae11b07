/** Images that the bench draws are files that everybody reads. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readImages } from 'marginalia/data';
import { afterAll, expect, it } from 'vitest';
import { idxOf } from '../../bench/contenders/image-files.js';
import { right } from '../either.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-images-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('repeats what was drawn until there are as many as asked for', async () => {
  const path = join(folder, 'images');
  const two = Uint8Array.of(0, 1, 2, 3, 252, 253, 254, 255);
  writeFileSync(path, idxOf(5, 2, two));
  const { count, rows, columns, values } = right(await readImages(path)());
  expect({ count, rows, columns }).toEqual({ count: 5, rows: 2, columns: 2 });
  expect([...values]).toEqual([...two, ...two, ...two.slice(0, 4)]);
});
