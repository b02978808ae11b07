/** How much memory there is, asked before it is taken: what is refused leaves the process as it was. */

/** Bytes that this process may still take; without bound where the platform does not say. */
export const availableBytes = (): number =>
  typeof process !== 'undefined' && typeof process.availableMemory === 'function'
    ? process.availableMemory()
    : Infinity;

/** Bytes in the unit in which they are read. */
export const showBytes = (bytes: number): string =>
  bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(1)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** What to do about it. */
export const SMALLER = 'use fewer particles or smaller batches';

/** More memory was asked for than there is. Nothing was taken. */
export class MemoryError extends Error {
  constructor(what: string, bytes: number, left: number) {
    super(
      `${what} takes ${showBytes(bytes)}, and ${showBytes(Math.max(0, left))} are left; ${SMALLER}.`,
    );
    this.name = 'MemoryError';
  }
}
