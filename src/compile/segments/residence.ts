/**
 * Which values fused loops leave in memory, and in which order the loops of a turn run. What is cheap
 * is computed again where it is used again: an addition costs less than an array that is written and read.
 */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { type GraphNode, type ValueId, operands, valueAt } from '../../graph/graph.js';
import { REDUCTIONS } from '../webassembly/folds.js';
import { type Boundaries, boundariesOf, joined } from './axes.js';
import type { Turns } from './turns.js';
import { WINDOWED } from './windowed.js';

/** Kernels whose elements cost more than to be written and read. */
const DEAR = new Set([
  'Elu',
  'Exp',
  'Expm1',
  'Log',
  'Log1p',
  'RealDiv',
  'Reciprocal',
  'Rsqrt',
  'Selu',
  'Sigmoid',
  'Softplus',
  'Sqrt',
  'Tanh',
]);

/** What is computed again reads at most so many whole arrays. */
const MOST_READ = 2;

/** Where a value that loops make is made. */
export interface Place {
  readonly turn: number;
  /** Loops of a turn run by level: each reads only what lower ones have written. */
  readonly level: number;
  readonly size: number;
  /** What the axes of its loops must have. */
  readonly bounds: Boundaries;
}

export interface Residence {
  /** Where each value that loops make is made. */
  readonly places: ReadonlyMap<ValueId, Place>;
  /** Whether a value has memory; what has none is computed wherever it is used. */
  readonly resides: (id: ValueId) => boolean;
}

/** The size of what a node's loops run over. */
export const domainOf = ({ graph }: Turns, node: GraphNode): number =>
  sizeOf(
    valueAt(graph, (REDUCTIONS.has(node.kernel) ? operands(node)[0] : node.outputs[0]) ?? -1).shape,
  );

const NONE: Boundaries = [];

interface Levels {
  readonly places: ReadonlyMap<ValueId, Place>;
  /** What other loops read as it is: smaller values that broadcast, and what has other axes. */
  readonly needed: ReadonlySet<ValueId>;
}

const levelsOf = (view: Turns): Levels => {
  const { graph, turns, source, maker } = view;
  const places = new Map<ValueId, Place>();
  const needed = new Set<ValueId>();
  const shapeOf = (id: ValueId) => valueAt(graph, id).shape;
  /** Whether no loop makes a value and reads it. */
  const standsApart = (reader: GraphNode, id: ValueId): boolean => {
    const kernel = maker.get(id)?.kernel ?? '';
    return REDUCTIONS.has(kernel) || WINDOWED.has(kernel) || WINDOWED.has(reader.kernel);
  };
  const place = (node: GraphNode, turn: number): Place => {
    const size = domainOf(view, node);
    const reads = operands(node).map((id) => ({ id, from: source(id) }));
    const broadcasts = reads.some(({ id }) => sizeOf(shapeOf(id)) !== size);
    const [x = -1] = operands(node);
    let bounds = REDUCTIONS.has(node.kernel)
      ? boundariesOf(shapeOf(x))
      : broadcasts
        ? boundariesOf(shapeOf(node.outputs[0] ?? -1))
        : NONE;
    let level = 0;
    for (const { from } of reads) {
      const before = places.get(from);
      if (before === undefined) continue;
      const both =
        before.size === size && !standsApart(node, from) && joined(bounds, before.bounds);
      if (both) {
        bounds = both;
        if (before.turn === turn) level = Math.max(level, before.level);
      } else {
        needed.add(from);
        if (before.turn === turn) level = Math.max(level, before.level + 1);
      }
    }
    return { turn, level, size, bounds };
  };
  turns.forEach(({ by, nodes }, turn) => {
    if (by !== 'loops') return;
    for (const node of nodes) places.set(node.outputs[0] ?? -1, place(node, turn));
  });
  return { places, needed };
};

/** The values, by their sources, that something other than loops reads. */
const readOutside = ({ graph, turns, source }: Turns): ReadonlySet<ValueId> =>
  new Set([
    ...graph.outputs.map(({ id }) => source(id)),
    ...turns
      .filter(({ by }) => by !== 'loops')
      .flatMap(({ nodes }) => nodes.flatMap(operands).map(source)),
  ]);

const together = (a: Place, b: Place): boolean =>
  a.turn === b.turn && a.level === b.level && a.size === b.size;

/** Decides where each value that loops make lives. */
export const residenceOf = (view: Turns): Residence => {
  const { turns, source, graph } = view;
  const { places, needed } = levelsOf(view);
  const outside = readOutside(view);
  const loops = turns.flatMap(({ by, nodes }) => (by === 'loops' ? nodes : []));
  const readElsewhere = new Set<ValueId>();
  for (const node of loops) {
    const here = places.get(node.outputs[0] ?? -1);
    for (const id of operands(node).map(source)) {
      const there = places.get(id);
      if (here !== undefined && there !== undefined && !together(here, there)) {
        readElsewhere.add(id);
      }
    }
  }
  const resident = new Set<ValueId>();
  /** The whole arrays that are read where a value is computed again; nothing where it cannot be. */
  const again = new Map<ValueId, ReadonlySet<ValueId>>();
  for (const node of loops) {
    const [out = -1] = node.outputs;
    const size = domainOf(view, node);
    const reads = new Set<ValueId>();
    const isOwn = REDUCTIONS.has(node.kernel) || WINDOWED.has(node.kernel);
    let cheap = !DEAR.has(node.kernel) && !isOwn;
    for (const id of operands(node).map(source)) {
      const inner = again.get(id);
      if (graph.constants.get(id)?._tag === 'uniform') continue;
      if (!places.has(id) || resident.has(id)) {
        if (sizeOf(valueAt(graph, id).shape) === size) reads.add(id);
      } else if (inner === undefined) cheap = false;
      else for (const of of inner) reads.add(of);
    }
    cheap = cheap && reads.size <= MOST_READ;
    const must = isOwn || outside.has(out) || needed.has(out) || (readElsewhere.has(out) && !cheap);
    if (must) resident.add(out);
    else if (cheap) again.set(out, reads);
  }
  return { places, resides: (id) => !places.has(id) || resident.has(id) };
};
