/** What it means for two bounds to be the same. */
import { entryOf } from '../../../dsl/records/dictionary.js';
import type { Found, Trial } from './inference.js';
import { expectAllClose, expectClose } from './law.js';

/** Compares two bounds with their gradients; rounding grows with the largest of each. */
export const expectSameBound = (
  claim: ReturnType<Trial['claim']>,
  what: string,
  received: Found,
  expected: Found,
  tolerance: number,
): void => {
  const absolute = tolerance * Math.max(1, Math.abs(expected.value));
  expectClose(claim, `the bound ${what}`, received.value, expected.value, {
    absolute,
    relative: 0,
  });
  for (const [name, xs] of Object.entries(expected.gradients)) {
    const size = Math.max(1, Math.abs(expected.value) / 10, ...xs.map(Math.abs));
    const slack = { absolute: tolerance * size, relative: 0 };
    const found = entryOf(received.gradients, name);
    if (found === undefined) continue;
    expectAllClose(claim, `gradients of '${name}' ${what}`, found, xs, slack);
  }
};
