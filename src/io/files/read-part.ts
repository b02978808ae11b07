/** Reads parts of files of which nothing is known yet: no more is taken than was asked for. */
import { type FileHandle, open, stat } from 'node:fs/promises';

/** Fills bytes from where the last read ended; false where the file ends before. */
export const readInto = async (file: FileHandle, bytes: Uint8Array): Promise<boolean> => {
  let at = 0;
  while (at < bytes.length) {
    const { bytesRead } = await file.read(bytes, at, Math.min(bytes.length - at, 2 ** 24));
    if (bytesRead === 0) return false;
    at += bytesRead;
  }
  return true;
};

/**
 * Opens a file for as long as `work` takes, which is told its length. Throws for what is no regular file:
 * a device has no end, and opening a pipe may wait for ever.
 */
export const withFile = async <A>(
  path: string,
  work: (file: FileHandle, size: number) => Promise<A>,
): Promise<A> => {
  if (!(await stat(path)).isFile()) throw new Error('it is no regular file');
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return await work(file, size);
  } finally {
    await file.close();
  }
};
