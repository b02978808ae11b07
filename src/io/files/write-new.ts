import type { FileOperations, OpenFile } from './file-operations.js';

/** Bytes in one call: Node refuses 2³¹, and others want the disk as well. */
const MOST_AT_ONCE = 2 ** 24;

const writeAll = async (file: OpenFile, bytes: Uint8Array): Promise<void> => {
  let at = 0;
  while (at < bytes.length) {
    const asked = Math.min(bytes.length - at, MOST_AT_ONCE);
    const { bytesWritten } = await file.write(bytes, at, asked);
    if (bytesWritten <= 0) throw new Error(`the disk took ${at} bytes of ${bytes.length}`);
    at += bytesWritten;
  }
};

/** Closes whatever happened; that closing fails is an error as well, unless there was one before. */
const closing = async (file: OpenFile, work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
  await file.close();
};

const fill = async (
  file: OpenFile,
  parts: readonly Uint8Array[],
  mode: number | undefined,
): Promise<void> => {
  if (mode !== undefined) await file.chmod(mode);
  for (const part of parts) await writeAll(file, part);
  await file.sync();
  const expected = parts.reduce((sum, part) => sum + part.length, 0);
  const { size } = await file.stat();
  if (size !== expected) throw new Error(`the disk has ${size} bytes of ${expected}`);
};

/**
 * Writes a file that is not there: until all of it is written, flushed, and as long as it should be. It
 * is gone again where anything fails, which is thrown.
 */
export const writeNew = async (
  files: FileOperations,
  path: string,
  parts: readonly Uint8Array[],
  mode?: number,
): Promise<void> => {
  const file = await files.open(path, 'wx', mode);
  try {
    await closing(file, () => fill(file, parts, mode));
  } catch (error) {
    await files.unlink(path).catch(() => undefined);
    throw error;
  }
};
