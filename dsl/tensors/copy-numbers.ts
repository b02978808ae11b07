/** Copies between arrays that others hold. */

/** From so many numbers on a view of them, which is an object, costs less than a loop: a tenth for a thousand. */
const LONG = 64;

/** Below so many numbers a loop costs less than a call of `set`, which takes as long as copying some dozens. */
const SHORT = 32;

type Numbers = Float32Array | Int32Array | Uint8Array;

/** Copies `count` numbers from a place in one array to a place in another, allocating nothing where they are few. */
export const copyNumbers = (
  from: Numbers,
  start: number,
  count: number,
  to: Numbers,
  at: number,
): void => {
  if (start === 0 && count === from.length && count >= SHORT) to.set(from, at);
  else if (count >= LONG) to.set(from.subarray(start, start + count), at);
  else for (let k = 0; k < count; k += 1) to[at + k] = from[start + k] ?? 0;
};
