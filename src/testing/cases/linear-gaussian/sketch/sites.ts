/** The sites of a sketch as they lie in its plates, and what becomes of each. */
import { type LinearNetwork, countOf, isWithin, placesOf } from '../network/linear-network.js';
import type { Counts } from '../network/unrolled.js';
import { type Dice, diceOf } from './dice.js';
import type { SiteSketch, Sketch } from './sketch.js';

const PLATES = ['i', 'j', 'k'] as const;

/** A site of a sketch with its place, its plates by name and what becomes of it. */
export interface Placed extends SiteSketch {
  readonly id: string;
  readonly within: readonly string[];
}

export const platesOf = ({ layout, plates }: Sketch): LinearNetwork['plates'] =>
  PLATES.slice(0, plates.length).map((name, i) => ({
    name,
    size: plates[i] ?? 1,
    ...(layout === 'crossed' && { axis: -1 - i }),
  }));

/** The plates of a site: the first so many where they are nested, one where they lie apart. */
const withinOf = ({ layout, plates }: Sketch, site: SiteSketch): readonly string[] => {
  const named = PLATES.filter((_, i) => i < plates.length && site.plates.includes(i));
  switch (layout) {
    case 'nested':
      return PLATES.slice(0, named.length);
    case 'apart':
      return named.slice(0, 1);
    case 'crossed':
      return named;
  }
};

const isComparable = (a: readonly string[], b: readonly string[]): boolean =>
  isWithin(a, b) || isWithin(b, a);

/**
 * The sites, those of fewer plates first. One is latent, and of several one is not. Where plates cross, latent
 * sites lie in a chain of plates, for elements of a plate would depend on each other otherwise.
 */
export const placedOf = (sketch: Sketch): readonly Placed[] =>
  sketch.sites
    .map((site, i): Placed => ({ ...site, id: String(i), within: withinOf(sketch, site) }))
    .toSorted((a, b) => a.within.length - b.within.length)
    .reduce<readonly Placed[]>((before, site, i, { length }) => {
      const others = before.filter((s) => s.role === 'latent' && s.within.length > 0);
      const isFree =
        sketch.layout !== 'crossed' || others.every((s) => isComparable(s.within, site.within));
      const isLast = i === length - 1 && before.every((s) => s.role === 'latent');
      const isLatent = i === 0 || (site.role === 'latent' && isFree && !isLast);
      const other = site.role === 'latent' ? 'observed' : site.role;
      return [...before, { ...site, role: isLatent ? 'latent' : other }];
    }, []);

const LETTERS = { latent: 'z', observed: 'x', factor: 'f' } as const;

export const nameOf = ({ role, id }: Placed): string => `${LETTERS[role]}${Number(id) + 1}`;

/** How many elements the innermost plate has in each of the outermost one's. */
export const countsOf = (sketch: Sketch, dice: Dice): Counts | undefined => {
  const depth = Math.max(...sketch.sites.map((s) => withinOf(sketch, s).length));
  const [outer = 1] = sketch.plates;
  const inner = sketch.plates[depth - 1] ?? 1;
  const name = PLATES[depth - 1];
  if (sketch.ragged === 'no' || sketch.layout !== 'nested' || depth < 2) return undefined;
  if (outer < 2 || inner < 2 || name === undefined) return undefined;
  const counts = dice.fine('counts', outer).map((u) => 1 + Math.floor(((u + 1) / 2) * inner));
  // One element at least is missing, and one plate is whole.
  const of = counts.map((n, i) => (i === 0 ? inner : i === 1 ? Math.min(n, inner - 1) : n));
  return { plate: name, of };
};

/** How many numbers the sites of a sketch have, without what is ragged. */
export const numberCount = (sketch: Sketch): number => {
  const network: LinearNetwork = { plates: platesOf(sketch), nodes: [] };
  return placedOf(sketch).reduce((sum, s) => sum + s.entries * countOf(network, s.within), 0);
};

/** How many latent numbers the model of a sketch has. */
export const latentCount = (sketch: Sketch): number => {
  const network: LinearNetwork = { plates: platesOf(sketch), nodes: [] };
  const counts = sketch.ragged === 'looped' ? countsOf(sketch, diceOf(sketch.seed, 1)) : undefined;
  const elements = (within: readonly string[]): number =>
    counts !== undefined && within.includes(counts.plate)
      ? placesOf(network, within).filter(
          (place) => (place[within.indexOf(counts.plate)] ?? 0) < (counts.of[place[0] ?? 0] ?? 0),
        ).length
      : countOf(network, within);
  return placedOf(sketch)
    .filter((s) => s.role === 'latent')
    .reduce((sum, s) => sum + s.entries * elements(s.within), 0);
};

/** Whether two latent numbers of the model of a sketch can depend on each other. */
export const canBeCoupled = (sketch: Sketch): boolean => {
  const latent = placedOf(sketch).filter((s) => s.role === 'latent');
  return latent.some(
    (s, i) => s.entries > 1 || latent.slice(0, i).some((t) => isWithin(t.within, s.within)),
  );
};
