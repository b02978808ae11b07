/** The library is found where the package has it, on every system. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { findLibrary, libraryPath } from '../../../../src/compile/onnx/c-interface/library.js';
import { right } from '../../../either.js';

const entry = createRequire(import.meta.url).resolve('onnxruntime-node');

const systems = [
  ['linux', 'x64'],
  ['linux', 'arm64'],
  ['darwin', 'arm64'],
  ['win32', 'x64'],
  ['win32', 'arm64'],
] as const;

describe('the library', () => {
  // Each package of this version carries the libraries of all systems.
  it.each(systems)('of %s on %s is in the package', (platform, architecture) => {
    const path = libraryPath(entry, platform, architecture);
    expect(path !== undefined && existsSync(path)).toBe(true);
  });

  it('of a system that the package does not know has no path', () => {
    expect(libraryPath(entry, 'aix', 'ppc64')).toBeUndefined();
  });

  it('of this machine is one of them', () => {
    expect(right(findLibrary())).toBe(libraryPath(entry, process.platform, process.arch));
  });
});
