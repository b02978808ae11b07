/** A graph's nodes by turns: what the runtime does, then what fused loops or host code do of what that made, and so on. */
import { type Graph, type GraphNode, type ValueId, operands } from '../../graph/graph.js';
import { aliasKernels, hostKernels } from '../../kernels/index.js';
import { fusible } from './fusible.js';
import { WINDOW_ROWS } from './windowed.js';

/** Nodes that one side does without the other, in an order in which each comes after what it needs. */
export interface Turn {
  readonly by: 'runtime' | 'loops' | 'host';
  readonly nodes: readonly GraphNode[];
}

/** A graph with what planning asks of it again and again. */
export interface Turns {
  readonly graph: Graph;
  readonly turns: readonly Turn[];
  /** The turn of each value that one makes. */
  readonly turnOf: ReadonlyMap<ValueId, number>;
  readonly maker: ReadonlyMap<ValueId, GraphNode>;
  /** The place of each node among all. */
  readonly orderOf: ReadonlyMap<GraphNode, number>;
  /** The value whose numbers a value has, by another shape or by its own. */
  readonly source: (id: ValueId) => ValueId;
  /** Nodes that give a value another shape: nobody does them. */
  readonly aliases: ReadonlyMap<ValueId, GraphNode>;
  /**
   * What products and convolutions read, by source. A processor takes a hundred cycles for each product of
   * a number below the normal ones, which particles of hardly any weight have by the thousand.
   */
  readonly multiplied: ReadonlySet<ValueId>;
}

/** In the order in which they are asked what they can do next. */
const SIDES: readonly Turn['by'][] = ['host', 'loops', 'runtime'];

const MULTIPLIES = new RegExp(`MatMul|Conv|${WINDOW_ROWS}`);

/** Each side goes as far as it can: that makes the fewest turns. Where it is not to fuse, no loops are written. */
export const turnsOf = (graph: Graph, fuses = true): Turns => {
  const loops: ReadonlySet<GraphNode> = fuses ? fusible(graph) : new Set();
  const aliases = new Map<ValueId, GraphNode>();
  const sources = new Map<ValueId, ValueId>();
  const source = (id: ValueId): ValueId => sources.get(id) ?? id;
  const work: GraphNode[] = [];
  for (const node of graph.nodes) {
    const [out = -1] = node.outputs;
    const [of = -1] = operands(node);
    if (loops.has(node) && aliasKernels.has(node.kernel)) {
      aliases.set(out, node);
      sources.set(out, source(of));
    } else work.push(node);
  }
  const madeIn = new Map(work.flatMap((node, at) => node.outputs.map((id) => [id, at] as const)));
  const needs = work.map((node) => {
    const makers = operands(node).map((id) => madeIn.get(source(id)));
    return new Set(makers.filter((at) => at !== undefined));
  });
  const users = work.map((): number[] => []);
  needs.forEach((makers, at) => {
    for (const maker of makers) users[maker]?.push(at);
  });
  const side = (at: number): Turn['by'] => {
    const node = work[at];
    if (node !== undefined && hostKernels.has(node.kernel)) return 'host';
    return node !== undefined && loops.has(node) ? 'loops' : 'runtime';
  };
  // Nodes are known by their places, and ready where nothing is left that they need.
  const left = needs.map(({ size }) => size);
  const ready: Record<Turn['by'], number[]> = { host: [], loops: [], runtime: [] };
  left.forEach((n, at) => {
    if (n === 0) ready[side(at)].push(at);
  });
  const turnOf = new Map<ValueId, number>();
  const turns: Turn[] = [];
  const next = (): Turn['by'] | undefined => SIDES.find((one) => ready[one].length > 0);
  for (let by = next(); by !== undefined; by = next()) {
    const taken: number[] = [];
    for (let at = ready[by].pop(); at !== undefined; at = ready[by].pop()) {
      taken.push(at);
      for (const user of users[at] ?? []) {
        left[user] = (left[user] ?? 0) - 1;
        if (left[user] === 0) ready[side(user)].push(user);
      }
    }
    const nodes = taken.toSorted((a, b) => a - b).flatMap((at) => work[at] ?? []);
    for (const id of nodes.flatMap((node) => node.outputs)) turnOf.set(id, turns.length);
    turns.push({ by, nodes });
  }
  const maker = new Map(work.flatMap((node) => node.outputs.map((id) => [id, node] as const)));
  const orderOf = new Map(work.map((node, at) => [node, at] as const));
  const multiplied = new Set(
    work
      .filter(({ kernel }) => MULTIPLIES.test(kernel))
      .flatMap(operands)
      .map(source),
  );
  return { graph, turns, turnOf, maker, orderOf, source, aliases, multiplied };
};
