/** Draws for the same sites step after step, without allocating: what a fast step is fed by. */
import { fillDraws, scratch } from './draw.js';
import { fnv1a64 } from './fnv1a.js';
import { type Key, foldNumber } from './key.js';
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

/** Fills every array from a key of two words. */
const filler = (blocks: readonly Drawn[]): ((k0: number, k1: number) => void) => {
  const words = scratch();
  const text = stream.text | 0;
  // Signed words are the same bits to every block, and small integers to the engine, which it need not box.
  const sites = blocks.map((b) => {
    const [high, low] = fnv1a64(b.site);
    return { ...b, high: high | 0, low: low | 0 };
  });
  return (k0, k1) => {
    // The key of all names, as `foldIn` makes it of each.
    threefryBlock(k0, k1, 0, text, words, 0);
    const t0 = (words[0] ?? 0) | 0;
    const t1 = (words[1] ?? 0) | 0;
    for (let i = 0; i < sites.length; i += 1) {
      const site = sites[i];
      if (site === undefined) return;
      const { high, low, block, law, into } = site;
      threefryBlock(t0, t1, low, high, words, 0);
      threefryBlock((words[0] ?? 0) | 0, (words[1] ?? 0) | 0, block, stream.integer, words, 0);
      fillDraws(into, law, (words[0] ?? 0) | 0, (words[1] ?? 0) | 0, words);
    }
  };
};

/**
 * Fills every array with what `drawNoise(foldIn(foldIn(key, site), block), …)` gives.
 *
 * @example
 * ```ts
 * const into = new Float32Array(2);
 * drawer([{ site: 'z', block: 0, law: 'normal', into }])(key(7));
 * into[0] === randomNormal(foldIn(foldIn(key(7), 'z'), 0), 1)[0]; // true
 * ```
 */
export const drawer = (blocks: readonly Drawn[]): ((key: Key) => void) => {
  const fill = filler(blocks);
  return ([k0, k1]) => fill(k0, k1);
};

/**
 * Fills every array, at each step, with what a `drawer` gives of `foldIn(key, step)`.
 *
 * @example
 * ```ts
 * const into = new Float32Array(2);
 * stepDrawer(key(7), [{ site: 'z', block: 0, law: 'normal', into }])(3);
 * into[0] === randomNormal(foldIn(foldIn(foldIn(key(7), 3), 'z'), 0), 1)[0]; // true
 * ```
 */
export const stepDrawer = (key: Key, blocks: readonly Drawn[]): ((step: number) => void) => {
  const fill = filler(blocks);
  const words = scratch();
  const [k0, k1] = [key[0] | 0, key[1] | 0];
  return (step) => {
    foldNumber(k0, k1, step, words);
    fill((words[0] ?? 0) | 0, (words[1] ?? 0) | 0);
  };
};
