/** Where an interpreter's randomness comes from: an input, keyed by site. */
import * as tf from '@tensorflow/tfjs';
import type { Noise, Shape, Tensor } from '../../dsl/index.js';
import { SiteError } from '../../dsl/index.js';
import { type Key, drawNoise, foldIn } from './index.js';

/**
 * Gives block number `block` of the noise of a site, of shape `[...batch, ...noise.shape]`. The rows of a
 * plate go by `plate NAME`, and a site of such a name by `site plate NAME`.
 */
export type NoiseSource = (site: string, block: number, noise: Noise, batch: Shape) => Tensor;

/**
 * What noise is for: a draw, the initial value of a parameter, the rows of a plate, a draw of the model, a draw
 * that is no latent.
 */
const KINDS = ['site', 'param', 'plate', 'dream', 'noise'] as const;

type NoiseKind = (typeof KINDS)[number];

/** What some noise is for. */
export interface NoiseOwner {
  readonly kind: NoiseKind;
  readonly name: string;
}

const kindOf = (name: string): NoiseKind | undefined =>
  KINDS.find((kind) => name.startsWith(`${kind} `));

/**
 * The name that noise goes by: of a site its own, of others with their kind in front. A site whose own
 * name begins like that has its kind in front as well, so that no two share noise.
 */
export const noiseName = (kind: NoiseKind, name: string): string =>
  kind === 'site' && kindOf(name) === undefined ? name : `${kind} ${name}`;

/** What the noise of a name is for. */
export const noiseOwner = (name: string): NoiseOwner => {
  const kind = kindOf(name);
  return kind === undefined ? { kind: 'site', name } : { kind, name: name.slice(kind.length + 1) };
};

/** Which elements a plate visits is drawn once for all particles. */
export const isSubsample = (site: string, batch: Shape): boolean =>
  noiseOwner(site).kind === 'plate' && batch.length === 0;

/**
 * Noise that depends on the key, the site's name and nothing else: adding, hiding or reordering
 * sites leaves every other site's draws unchanged.
 *
 * @example
 * ```ts
 * const standard = keyedNoise(key(0))('z', 0, baseNoise('normal', [2]), [5]);
 * standard.shape; // [5, 2]
 * standard.dataSync()[0]; // -1.229546
 * ```
 */
export const keyedNoise =
  (key: Key): NoiseSource =>
  (site, block, noise, batch) =>
    tf.tensor(drawNoise(foldIn(foldIn(key, site), block), noise, batch), [
      ...batch,
      ...noise.shape,
    ]);

/** The source of an interpreter that was given no key: a site that needs noise is a mistake. */
export const noNoise: NoiseSource = (site) => {
  throw new SiteError({
    site,
    expected: 'a key to draw from',
    received: 'none',
    cure: 'Pass { key: key(seed) }, or give the value of every latent site.',
  });
};
