/** The operations of this machine with faults put in: full disks, short writes, errors at any of them. */
import {
  type FileOperations,
  type OpenFile,
  nodeFiles,
} from '../../../src/io/files/file-operations.js';

/** One operation as it is asked for. */
export interface Asked {
  readonly operation: keyof FileOperations | Exclude<keyof OpenFile, 'stat'> | 'fstat';
  readonly path: string;
  /** How many operations came before it. */
  readonly nth: number;
}

/** An error with a code, a write that takes fewer bytes than it was given, or one that lies. */
export type Fault =
  | { readonly _tag: 'error'; readonly code: string }
  | { readonly _tag: 'short'; readonly bytes: number }
  | { readonly _tag: 'lie' };

export const errorOf = (code: string): Error =>
  Object.assign(new Error(`${code}: put in by a test`), { code });

/** The operations, each of which asks first whether it is to fail. */
export const faultyFiles = (faultOf: (asked: Asked) => Fault | undefined): FileOperations => {
  let count = 0;
  const ask = (operation: Asked['operation'], path: string): Fault | undefined => {
    const fault = faultOf({ operation, path, nth: count++ });
    if (fault?._tag === 'error') throw errorOf(fault.code);
    return fault;
  };
  const opened = (path: string, file: OpenFile): OpenFile => ({
    write: async (bytes, offset, length) => {
      const fault = ask('write', path);
      if (fault?._tag === 'short') return file.write(bytes, offset, Math.min(length, fault.bytes));
      if (fault?._tag === 'lie') return { bytesWritten: length };
      return file.write(bytes, offset, length);
    },
    chmod: async (mode) => {
      ask('chmod', path);
      return file.chmod(mode);
    },
    sync: async () => {
      ask('sync', path);
      return file.sync();
    },
    stat: async () => {
      ask('fstat', path);
      return file.stat();
    },
    close: async () => {
      // A file of the system's is closed even where closing it fails.
      await file.close();
      ask('close', path);
    },
  });
  const asking =
    <P extends readonly [string, ...unknown[]], R>(
      operation: keyof FileOperations,
      f: (...all: P) => Promise<R>,
    ) =>
    async (...all: P): Promise<R> => {
      ask(operation, all[0]);
      return f(...all);
    };
  return {
    open: asking('open', async (path: string, flags: string, mode?: number) =>
      opened(path, await nodeFiles.open(path, flags, mode)),
    ),
    rename: asking('rename', nodeFiles.rename),
    unlink: asking('unlink', nodeFiles.unlink),
    mkdir: asking('mkdir', nodeFiles.mkdir),
    readdir: asking('readdir', nodeFiles.readdir),
    stat: asking('stat', nodeFiles.stat),
    lstat: asking('lstat', nodeFiles.lstat),
    realpath: asking('realpath', nodeFiles.realpath),
    access: asking('access', nodeFiles.access),
  };
};

/** A disk that takes so many bytes more, the last write short, as a full disk's is. */
export const fullAfter = (room: number): FileOperations => {
  let left = room;
  return {
    ...nodeFiles,
    open: async (path, flags, mode) => {
      const file = await nodeFiles.open(path, flags, mode);
      return {
        write: async (bytes, offset, length) => {
          if (left === 0)
            throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
              code: 'ENOSPC',
            });
          const taken = Math.min(left, length);
          left -= taken;
          return file.write(bytes, offset, taken);
        },
        chmod: (m) => file.chmod(m),
        sync: () => file.sync(),
        stat: () => file.stat(),
        close: () => file.close(),
      };
    },
  };
};
