/** The model that a sketch is of: its sites in their plates, what each is given, and its numbers. */
import { coupled } from './coupled.js';
import { type Dice, diceOf, matrixOf } from './dice.js';
import type { Matrix } from '../exact/gaussian.js';
import {
  type LinearNetwork,
  type LinearNode,
  type Part,
  type Role,
  countOf,
  isWithin,
  placesOf,
  sizeOfNode,
} from '../network/linear-network.js';
import { networkAt, startsOf } from '../network/network-gaussian.js';
import { type Placed, countsOf, nameOf, placedOf, platesOf } from './sites.js';
import type { Sketch } from './sketch.js';
import { type Counts, unrolled } from '../network/unrolled.js';

/** The chance that a site is given an earlier one. */
const EDGE = 0.7;

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
