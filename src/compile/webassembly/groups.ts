/**
 * Groups of values that meet element by element: each is one loop. Groups that do the same have the
 * same signature, so that they can share a loop where their memory lies end to end.
 */
import { type GraphNode, type Port, type ValueId, operands } from '../../graph/graph.js';
import { type View, inOf, isSum, outOf } from './elementwise.js';

/** Values of one size that are computed from each other, element by element. */
export interface Group {
  readonly size: number;
  /** Input ports that the group reads, in the order in which its code does. */
  readonly reads: readonly string[];
  /** Output ports that it writes, each with its value. */
  readonly writes: readonly Port[];
  /** Sums over its elements. */
  readonly sums: readonly GraphNode[];
  /** What it does, in words that are the same for groups that do the same. */
  readonly signature: string;
  /** How many values its code has. */
  readonly values: number;
}

/** Finds the representative of each value's group. */
const unionOf = ({ graph, isVector, input }: View): ((id: ValueId) => ValueId) => {
  const parent = new Map<ValueId, ValueId>();
  const root = (id: ValueId): ValueId => {
    const above = parent.get(id);
    return above === undefined || above === id ? id : root(above);
  };
  const join = (a: ValueId, b: ValueId): void => void parent.set(root(a), root(b));
  for (const node of graph.nodes) {
    const out = outOf(node);
    if (isVector(out)) for (const id of operands(node).filter(isVector)) join(id, out);
  }
  // What is written where something else is read must be in one loop with it.
  for (const { name, id } of graph.outputs) {
    const old = input.get(name);
    if (old !== undefined && isVector(id) && isVector(old)) join(id, old);
  }
  return root;
};

/** Spells out what a group computes: values are numbered as they are met, and ports have no names. */
const describe = (
  { graph, isVector, maker, input }: View,
  writes: readonly Port[],
  sums: readonly GraphNode[],
): Pick<Group, 'reads' | 'signature' | 'values'> => {
  const ports = new Map(graph.inputs.map((p) => [p.id, p.name]));
  const reads: string[] = [];
  const lines: string[] = [];
  const words = new Map<ValueId, string>();
  const spell = (id: ValueId): string => {
    const constant = graph.constants.get(id);
    if (constant?._tag === 'uniform') return `${constant.value}`;
    if (!isVector(id)) return `s${id}`;
    const port = ports.get(id);
    if (port !== undefined) return `in${reads.push(port) - 1}`;
    const node = maker.get(id);
    if (node === undefined) return `c${id}`;
    const { clipValueMin, clipValueMax } = node.attributes;
    const told = [...operands(node).map(wordOf), clipValueMin, clipValueMax].join();
    return `t${lines.push(`${node.kernel}(${told})`) - 1}`;
  };
  const wordOf = (id: ValueId): string => {
    const before = words.get(id);
    if (before !== undefined) return before;
    const word = spell(id);
    words.set(id, word);
    return word;
  };
  for (const { name, id } of writes) {
    const from = wordOf(id);
    const old = input.get(name);
    lines.push(`${old === undefined ? 'out' : wordOf(old)}:=${from}`);
  }
  for (const node of sums) lines.push(`sum ${wordOf(inOf(node))}`);
  return { reads, signature: lines.join(';'), values: words.size };
};

/** The groups of an elementwise graph. */
export const groupsOf = (view: View): readonly Group[] => {
  const { graph, size, isVector } = view;
  const root = unionOf(view);
  const found = new Map<string, { readonly writes: Port[]; readonly sums: GraphNode[] }>();
  const at = (key: string) => {
    const known = found.get(key) ?? { writes: [], sums: [] };
    found.set(key, known);
    return known;
  };
  for (const port of graph.outputs.filter(({ id }) => size(id) > 1)) {
    at(isVector(port.id) ? `${root(port.id)}` : port.name).writes.push(port);
  }
  for (const node of graph.nodes.filter((n) => isSum(view, n))) {
    at(`${root(inOf(node))}`).sums.push(node);
  }
  return [...found.values()].map(({ writes, sums }) => {
    const [some] = [...writes.map((w) => w.id), ...sums.map(inOf)];
    return { size: size(some ?? -1), writes, sums, ...describe(view, writes, sums) };
  });
};
