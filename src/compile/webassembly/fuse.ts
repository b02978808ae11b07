/**
 * Plans a graph of elementwise work, such as an optimiser's update, as a few loops. Values that meet
 * element by element form a group; groups that do the same are laid end to end and share one loop.
 */
import { sizeOf } from '../../../dsl/shape.js';
import type { Slot } from '../arena.js';
import { type Graph, type GraphNode, type ValueId, operands } from '../graph.js';
import { axesOf } from '../shapes.js';
import { vectorOperations } from './vector-operations.js';

/** Values of one size that are computed from each other, element by element. */
export interface Group {
  readonly size: number;
  /** Input ports that the group reads, in the order in which its code does. */
  readonly reads: readonly string[];
  /** Output ports that it writes, each with its value. */
  readonly writes: readonly { readonly name: string; readonly id: ValueId }[];
  /** What it does, in words that are the same for groups that do the same. */
  readonly signature: string;
  /** How many values its code has. */
  readonly values: number;
}

/** A sum over all elements of a group's value. */
export interface Reduction {
  readonly node: GraphNode;
  readonly of: ValueId;
  readonly out: ValueId;
  readonly group: Group;
}

/** A stage: scalars first, then loops that need them and make sums that the next stage needs. */
export interface Stage {
  readonly scalars: readonly GraphNode[];
  readonly reductions: readonly Reduction[];
}

export interface FusedPlan {
  readonly stages: readonly Stage[];
  /** Groups that share a loop, in the last stage. */
  readonly classes: readonly (readonly Group[])[];
  /** Scalars that loops read, by stage. */
  readonly read: readonly (readonly ValueId[])[];
  /** How memory has to be laid out. */
  readonly regions: readonly (readonly Slot[])[];
  /** Output ports of one number. */
  readonly scalarOutputs: readonly { readonly name: string; readonly id: ValueId }[];
}

const ALIASES = new Set(['Reshape', 'ExpandDims', 'Identity']);

/** The name of the slot that hands a scalar to a loop, or a sum to what follows. */
export const scalarSlot = (id: ValueId): string => `scalar/${id}`;

const inputOf = (node: GraphNode): ValueId => operands(node)[0] ?? -1;

/** The plan, or nothing where some node is not elementwise work or a sum over everything. */
export const fuse = (graph: Graph): FusedPlan | undefined => {
  const size = (id: ValueId): number => sizeOf(graph.values[id]?.shape ?? []);
  const isVector = (id: ValueId): boolean =>
    size(id) > 1 && graph.constants.get(id)?.tag !== 'uniform';
  const made = new Map(graph.nodes.map((n) => [n.outputs[0] ?? -1, n] as const));

  const isReduction = (node: GraphNode, out: ValueId): boolean => {
    const x = inputOf(node);
    const axes = axesOf(
      node.attributes['axis'] ?? node.attributes['reductionIndices'],
      graph.values[x]?.shape ?? [],
    );
    const rest = (graph.values[x]?.shape ?? []).filter((_, axis) => !axes.includes(axis));
    return node.kernel === 'Sum' && size(out) === 1 && sizeOf(rest) === 1;
  };
  const fits = (node: GraphNode): boolean => {
    const [out, ...others] = node.outputs;
    if (out === undefined || others.length > 0) return false;
    const vectors = operands(node).filter(isVector);
    if (size(out) === 1) return vectors.length === 0 || isReduction(node, out);
    if (vectors.some((id) => size(id) !== size(out))) return false;
    if (operands(node).some((id) => graph.constants.get(id)?.tag === 'dense' && size(id) > 1))
      return false;
    return ALIASES.has(node.kernel) || node.kernel in vectorOperations;
  };
  const real = graph.inputs.every(
    ({ id }) => graph.values[id]?.dtype === 'float32' || size(id) === 1,
  );
  if (!real || !graph.nodes.every(fits)) return undefined;

  const stages = new Map<ValueId, number>();
  const stageOf = (id: ValueId): number => stages.get(id) ?? 0;
  for (const node of graph.nodes) {
    const [out = -1] = node.outputs;
    const before = Math.max(0, ...operands(node).map(stageOf));
    const sums = size(out) === 1 && isVector(inputOf(node));
    stages.set(out, sums ? before + 1 : before);
  }

  // Groups by union-find over values that meet in an elementwise node, or lie in the same place.
  const parent = new Map<ValueId, ValueId>();
  const root = (id: ValueId): ValueId => {
    const above = parent.get(id);
    return above === undefined || above === id ? id : root(above);
  };
  const join = (a: ValueId, b: ValueId): void => void parent.set(root(a), root(b));
  for (const node of graph.nodes) {
    const [out = -1] = node.outputs;
    if (isVector(out)) for (const id of operands(node).filter(isVector)) join(id, out);
  }
  const inputNamed = new Map(graph.inputs.map((p) => [p.name, p.id]));
  for (const { name, id } of graph.outputs) {
    const old = inputNamed.get(name);
    if (old !== undefined && isVector(id) && isVector(old)) join(id, old);
  }

  const nameOfInput = new Map(graph.inputs.map((p) => [p.id, p.name]));
  const describe = (
    writes: Group['writes'],
    sums: readonly GraphNode[],
  ): Omit<Group, 'size' | 'writes'> => {
    const reads: string[] = [];
    const lines: string[] = [];
    const numbered = new Map<ValueId, string>();
    const visit = (id: ValueId): string => {
      const before = numbered.get(id);
      if (before !== undefined) return before;
      const constant = graph.constants.get(id);
      const port = nameOfInput.get(id);
      const node = made.get(id);
      let word: string;
      if (constant?.tag === 'uniform') word = `${constant.value}`;
      else if (!isVector(id)) word = `s${id}`;
      else if (port !== undefined) word = `in${reads.push(port) - 1}`;
      else if (node === undefined) word = `c${id}`;
      else {
        const line = `${node.kernel}${JSON.stringify(node.attributes['clipValueMin'] === undefined ? [] : node.attributes)}(${operands(node).map(visit).join()})`;
        word = `t${lines.push(line) - 1}`;
      }
      numbered.set(id, word);
      return word;
    };
    for (const { name, id } of writes) {
      const from = visit(id);
      const old = inputNamed.get(name);
      lines.push(`${old === undefined ? 'out' : visit(old)}:=${from}`);
    }
    for (const node of sums) lines.push(`sum ${visit(inputOf(node))}`);
    return { reads, signature: lines.join(';'), values: numbered.size };
  };

  const wide = graph.outputs.filter(({ id }) => size(id) > 1);
  const sums = graph.nodes.filter((n) => size(n.outputs[0] ?? -1) === 1 && isVector(inputOf(n)));
  const roots = new Map<string, { writes: Group['writes'][number][]; sums: GraphNode[] }>();
  const at = (key: string): { writes: Group['writes'][number][]; sums: GraphNode[] } => {
    const found = roots.get(key) ?? { writes: [], sums: [] };
    roots.set(key, found);
    return found;
  };
  for (const port of wide) {
    at(isVector(port.id) ? `v${root(port.id)}` : `p${port.name}`).writes.push(port);
  }
  for (const node of sums) at(`v${root(inputOf(node))}`).sums.push(node);

  const groups = [...roots.values()].map((found) => {
    const [first] = found.writes;
    const [firstSum] = found.sums;
    const group: Group = {
      size: size(first?.id ?? (firstSum ? inputOf(firstSum) : -1)),
      writes: found.writes,
      ...describe(found.writes, found.sums),
    };
    return { group, sums: found.sums };
  });
  const alike = new Map<string, Group[]>();
  for (const { group } of groups) {
    alike.set(group.signature, [...(alike.get(group.signature) ?? []), group]);
  }
  const classes = [...alike.values()];

  const last = Math.max(0, ...stages.values());
  const isScalarNode = (node: GraphNode): boolean =>
    size(node.outputs[0] ?? -1) === 1 && !isVector(inputOf(node));
  const planned = Array.from({ length: last + 1 }, (_, stage): Stage => ({
    scalars: graph.nodes.filter((n) => isScalarNode(n) && stageOf(n.outputs[0] ?? -1) <= stage),
    reductions: groups.flatMap(({ group, sums: own }) =>
      own
        .filter((n) => stageOf(inputOf(n)) === stage)
        .map((node) => ({ node, of: inputOf(node), out: node.outputs[0] ?? -1, group })),
    ),
  }));

  /** The scalars, not constant, that a value's elements are computed with. */
  const scalarsOf = (ids: readonly ValueId[]): readonly ValueId[] => {
    const seen = new Set<ValueId>();
    const found = new Set<ValueId>();
    const visit = (id: ValueId): void => {
      if (seen.has(id) || graph.constants.has(id)) return;
      seen.add(id);
      if (!isVector(id)) return void found.add(id);
      const node = made.get(id);
      if (node !== undefined) for (const o of operands(node)) visit(o);
    };
    for (const id of ids) visit(id);
    return [...found];
  };
  const read = planned.map(({ reductions }, stage) =>
    scalarsOf([
      ...reductions.map((r) => r.of),
      ...(stage === last ? groups.flatMap(({ group }) => group.writes.map((w) => w.id)) : []),
    ]),
  );

  const slot = (name: string, count: number): Slot => ({ name, size: count, dtype: 'float32' });
  const portsOf = (group: Group): readonly string[] => [
    ...group.reads,
    ...group.writes.map((w) => w.name).filter((name) => !group.reads.includes(name)),
  ];
  const laidOut = classes.flatMap((same) => {
    const ports = same.map(portsOf);
    return (ports[0] ?? []).map((_, which) =>
      same.map((group, i) => slot(ports[i]?.[which] ?? '', group.size)),
    );
  });
  const handed = new Set([
    ...read.flat(),
    ...planned.flatMap((s) => s.reductions.map((r) => r.out)),
  ]);
  const placed = new Set(laidOut.flat().map((s) => s.name));
  const others = [...graph.inputs, ...graph.outputs].filter(({ name }) => !placed.has(name));
  const rest = new Map(
    others.map(({ name, id }) => [
      name,
      { name, size: size(id), dtype: graph.values[id]?.dtype ?? ('float32' as const) },
    ]),
  );
  return {
    stages: planned,
    classes,
    read,
    regions: [
      ...laidOut,
      ...[...rest.values()].map((s) => [s]),
      [...handed].map((id) => slot(scalarSlot(id), 1)),
    ],
    scalarOutputs: graph.outputs.filter(({ id }) => size(id) === 1),
  };
};
