import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';

/** Writes what a run leaves into a folder, which is made: each file whole or not at all. */
export const writeResults = async (
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    await writeFileAtomic(
      join(folder, name),
      typeof content === 'string' ? content : Buffer.from(content),
    );
  }
};

/** A result as the text of a JSON file. */
export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
