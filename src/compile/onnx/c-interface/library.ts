/** The shared library inside the package onnxruntime-node, which is the same that its binding uses. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';

/** The name of the library file on each system that the package has it for. */
const files: Readonly<Record<string, string>> = {
  linux: 'libonnxruntime.so.1',
  darwin: 'libonnxruntime.1.dylib',
  win32: 'onnxruntime.dll',
};

/**
 * Where the library of a system lies in the package whose entry is at `entry`.
 *
 * @example
 * ```ts
 * libraryPath('/a/dist/index.js', 'linux', 'x64'); // '/a/bin/napi-v6/linux/x64/libonnxruntime.so.1'
 * ```
 */
export const libraryPath = (
  entry: string,
  platform: string,
  architecture: string,
): string | undefined => {
  const file = files[platform];
  return file === undefined
    ? undefined
    : join(dirname(entry), '..', 'bin', 'napi-v6', platform, architecture, file);
};

const entryOfPackage = (): string | undefined => {
  try {
    return createRequire(import.meta.url).resolve('onnxruntime-node');
  } catch {
    return undefined;
  }
};

/** The path of the library here, or why there is none. */
export const findLibrary = (): E.Either<string, string> => {
  const entry = entryOfPackage();
  const path = entry === undefined ? undefined : libraryPath(entry, process.platform, process.arch);
  return path !== undefined && existsSync(path)
    ? E.right(path)
    : E.left(`the package has no library for ${process.platform} on ${process.arch}`);
};
