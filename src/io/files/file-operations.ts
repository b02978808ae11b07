/** What is done to files, as a value: tests make any of it fail. */
import * as fs from 'node:fs/promises';

/** A file that is open. */
export interface OpenFile {
  /** Writes where the last write ended; fewer bytes than asked for are no error of the system's. */
  readonly write: (
    bytes: Uint8Array,
    offset: number,
    length: number,
  ) => Promise<{ readonly bytesWritten: number }>;
  readonly chmod: (mode: number) => Promise<void>;
  readonly sync: () => Promise<void>;
  readonly stat: () => Promise<{ readonly size: number }>;
  readonly close: () => Promise<void>;
}

/** What stands under a path. */
export interface FileFacts {
  readonly mode: number;
  readonly mtimeMs: number;
  readonly isFile: () => boolean;
  readonly isDirectory: () => boolean;
}

/** The operations that saving takes. Each rejects as Node's of its name does. */
export interface FileOperations {
  readonly open: (path: string, flags: string, mode?: number) => Promise<OpenFile>;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly unlink: (path: string) => Promise<void>;
  readonly mkdir: (path: string) => Promise<unknown>;
  readonly readdir: (path: string) => Promise<readonly string[]>;
  readonly stat: (path: string) => Promise<FileFacts>;
  readonly lstat: (path: string) => Promise<unknown>;
  readonly realpath: (path: string) => Promise<string>;
  readonly access: (path: string, mode: number) => Promise<void>;
}

/** Those of this machine. */
export const nodeFiles: FileOperations = fs;
