import { join } from 'node:path';
import { saveFile, showFileError } from 'marginalia/checkpoints';
import { orRefuse } from './refusal.js';

/** Writes what a run leaves into a folder, which is made: each file whole or not at all. */
export const writeResults = async (
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> => {
  for (const [name, content] of Object.entries(files)) {
    orRefuse(await saveFile(join(folder, name), content)(), showFileError);
  }
};

/** A result as the text of a JSON file. */
export const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
