/** A folder that is gone after the tests of a file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'marginalia-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
};
