/** Memory that native code holds addresses of, which the language must not free meanwhile. */

// A closure alone keeps nothing: an engine drops what its code does not read.
const pinned = new Set<object>();

/** Keeps things where they are until they are let go. */
export const pin = (things: object): (() => void) => {
  pinned.add(things);
  return () => void pinned.delete(things);
};
