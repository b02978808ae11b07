/** Draws for the same sites step after step, without allocating: what a fast step is fed by. */
import { fillDraws, scratch } from './draw.js';
import { fnv1a64 } from './fnv1a.js';
import type { Key } from './key.js';
import type { Noise } from '../../dsl/index.js';
import { stream } from './stream.js';
import { threefryBlock } from './threefry.js';

/** A block of noise of a site, and where it goes. */
export interface Drawn {
  readonly site: string;
  readonly block: number;
  readonly law: Noise['law'];
  readonly into: Float32Array;
}

/**
 * Fills every array with what `draw(foldIn(foldIn(key, site), block), …)` gives.
 *
 * @example
 * ```ts
 * const into = new Float32Array(2);
 * drawer([{ site: 'z', block: 0, law: 'normal', into }])(key(7));
 * into[0] === normals(foldIn(foldIn(key(7), 'z'), 0), 1)[0]; // true
 * ```
 */
export const drawer = (blocks: readonly Drawn[]): ((key: Key) => void) => {
  const words = scratch();
  const sites = blocks.map((b) => ({ ...b, hash: fnv1a64(b.site) }));
  return ([k0, k1]) => {
    // The key of all names, as `foldIn` makes it of each.
    threefryBlock(k0, k1, 0, stream.text, words, 0);
    const t0 = words[0] ?? 0;
    const t1 = words[1] ?? 0;
    for (const { hash, block, law, into } of sites) {
      threefryBlock(t0, t1, hash[1], hash[0], words, 0);
      threefryBlock(words[0] ?? 0, words[1] ?? 0, block, stream.integer, words, 0);
      fillDraws(into, law, words[0] ?? 0, words[1] ?? 0, words);
    }
  };
};
