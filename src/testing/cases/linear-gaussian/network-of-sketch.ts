/** The model that a sketch is of: its sites in their plates, what each is given, and its numbers. */
import { coupled } from './coupled.js';
import { type Dice, diceOf, matrixOf } from './dice.js';
import type { Matrix } from './gaussian.js';
import {
  type LinearNetwork,
  type LinearNode,
  type Part,
  type Role,
  countOf,
  isWithin,
  placesOf,
  sizeOfNode,
} from './linear-network.js';
import { networkAt, startsOf } from './network-gaussian.js';
import type { SiteSketch, Sketch } from './sketch.js';
import { type Counts, unrolled } from './unrolled.js';

const PLATES = ['i', 'j', 'k'] as const;

/** The chance that a site is given an earlier one. */
const EDGE = 0.7;

/** A site of a sketch with its place, its plates by name and what becomes of it. */
interface Placed extends SiteSketch {
  readonly id: string;
  readonly within: readonly string[];
}

const platesOf = ({ layout, plates }: Sketch): LinearNetwork['plates'] =>
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
const placedOf = (sketch: Sketch): readonly Placed[] =>
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

const nameOf = ({ role, id }: Placed): string => `${LETTERS[role]}${Number(id) + 1}`;

/** How many elements the innermost plate has in each of the outermost one's. */
const countsOf = (sketch: Sketch, dice: Dice): Counts | undefined => {
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

/** The numbers of a site's law, given sites before it. */
const nodeOf = (
  network: LinearNetwork,
  site: Placed,
  parents: readonly LinearNode[],
  dice: Dice,
): LinearNode => {
  const { id, within, entries: size } = site;
  const elements = countOf(network, within);
  const isFull = site.full && site.role !== 'factor';
  const form = size === 1 ? 'scalar' : isFull ? 'full' : 'independent';
  const offsets = dice.coin(`own offsets ${id}`, 0.3) ? elements : 1;
  const scales = dice.apart(`scale ${id}`, 0.5, 1.5, size).map(Math.abs);
  const lower = matrixOf(dice.between(`lower ${id}`, -1, 1, size * size), size, size);
  const learned = (['offset', 'weights', 'scale'] as const).filter(
    (part) => site.learned && dice.coin(`learned ${part} ${id}`, 0.6),
  );
  return {
    name: nameOf(site),
    form,
    plates: within,
    parents: Object.fromEntries(
      parents.map((p): readonly [string, readonly Matrix[]] => {
        const width = sizeOfNode(p);
        const weights = dice.apart(`weights ${id} ${p.name.slice(1)}`, 0.25, 1.5, size * width);
        return [p.name, [matrixOf(weights, size, width)]];
      }),
    ),
    offsets: matrixOf(dice.between(`offset ${id}`, -1, 1, offsets * size), offsets, size),
    scaleTrils: [
      scales.map((s, i) =>
        scales.map((_, j) => (i === j ? s : isFull && j < i ? (lower[i]?.[j] ?? 0) : 0)),
      ),
    ],
    role: { kind: 'latent' },
    ...(learned.length > 0 && { learned: learned satisfies readonly Part[] }),
  };
};

/** The sites that one is given: some of those in its plates that are neither factors nor masked. */
const parentsOf = (
  site: Placed,
  before: readonly (readonly [Placed, LinearNode])[],
  isMasked: (s: Placed) => boolean,
  dice: Dice,
): readonly LinearNode[] => {
  const able = before.filter(
    ([s]) => s.role !== 'factor' && !isMasked(s) && isWithin(s.within, site.within),
  );
  const chosen = able.filter(([s]) => dice.coin(`edge ${site.id} ${s.id}`, EDGE));
  const latent = able.filter(([s]) => s.role === 'latent').slice(-1);
  const isTold = site.role === 'latent' || chosen.some(([s]) => s.role === 'latent');
  return (isTold ? chosen : [...chosen, ...latent]).map(([, node]) => node);
};

const keptOf = (
  network: LinearNetwork,
  site: Placed,
  counts: Counts | undefined,
  dice: Dice,
): readonly boolean[] | undefined => {
  const places = placesOf(network, site.within);
  const missing = dice.fine(`missing ${site.id}`, places.length);
  const along = counts === undefined ? -1 : site.within.indexOf(counts.plate);
  const kept = places.map(
    (place, e) =>
      !(site.masked && (missing[e] ?? 0) < -0.3) &&
      (along < 0 || (place[along] ?? 0) < (counts?.of[place[0] ?? 0] ?? 0)),
  );
  return kept.every((k) => k) ? undefined : kept;
};

/** The network with data of a draw of its own, rounded. */
const withData = (network: LinearNetwork, dice: Dice, grain: number): LinearNetwork => {
  const starts = startsOf(network);
  const values = networkAt(network, (n) => dice.fine('draw', n).map((u) => 1.5 * u));
  return {
    ...network,
    nodes: network.nodes.map((node): LinearNode => {
      const { role } = node;
      if (role.kind === 'latent') return node;
      const [size, start] = [sizeOfNode(node), starts.get(node.name) ?? 0];
      const elements = countOf(network, node.plates);
      const drawn = values
        .slice(start, start + elements * size)
        .map((x) => Math.round(x * grain) / grain + 0);
      return { ...node, role: { ...role, values: matrixOf(drawn, elements, size) } };
    }),
  };
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

/** The model of a sketch with its data, and whether a plate of it is ragged. */
export interface SketchedNetwork {
  readonly network: LinearNetwork;
  readonly isRagged: boolean;
}

/** The sites of a sketch as nodes, without data. */
const nodesOf = (sketch: Sketch, covered: Counts | undefined, dice: Dice) => {
  const empty: LinearNetwork = { plates: platesOf(sketch), nodes: [] };
  const isMasked = (s: Placed): boolean =>
    s.role !== 'latent' &&
    (s.masked || (covered !== undefined && s.within.includes(covered.plate)));
  return placedOf(sketch).reduce<readonly (readonly [Placed, LinearNode])[]>((before, site) => {
    const node = nodeOf(empty, site, parentsOf(site, before, isMasked, dice), dice);
    const kept = isMasked(site) ? keptOf(empty, site, covered, dice) : undefined;
    const role: Role =
      site.role === 'latent'
        ? { kind: 'latent' }
        : { kind: site.role, values: [], ...(kept && { kept }) };
    return [...before, [site, { ...node, role }]];
  }, []);
};

/** Whether two latent numbers of the model of a sketch can depend on each other. */
export const canBeCoupled = (sketch: Sketch): boolean => {
  const latent = placedOf(sketch).filter((s) => s.role === 'latent');
  return latent.some(
    (s, i) => s.entries > 1 || latent.slice(0, i).some((t) => isWithin(t.within, s.within)),
  );
};

export const networkOfSketch = (sketch: Sketch): SketchedNetwork => {
  const dice = diceOf(sketch.seed, sketch.grain);
  const counts = countsOf(sketch, dice);
  const covered = sketch.ragged === 'masked' ? counts : undefined;
  const sites = nodesOf(sketch, covered, dice);
  const plain: LinearNetwork = {
    // A plate that no site lies in is none.
    plates: platesOf(sketch).filter((p) => sites.some(([s]) => s.within.includes(p.name))),
    nodes: sites.map(([, node]) => node),
  };
  const [outer] = plain.plates;
  const isLooped = sketch.ragged === 'looped' && counts !== undefined && outer !== undefined;
  const looped = isLooped ? unrolled(plain, outer.name, counts) : plain;
  const made = sketch.correlation === null ? looped : coupled(looped, sketch.correlation);
  const isRagged =
    isLooped ||
    (covered !== undefined &&
      sites.some(([s]) => s.role !== 'latent' && s.within.includes(covered.plate)));
  return { network: withData(made, dice, sketch.grain), isRagged };
};
