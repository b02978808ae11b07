/**
 * Plans a graph of elementwise work, such as an optimiser's update, as a few loops over one memory,
 * with the scalars between them.
 */
import type { Slot } from '../arena.js';
import {
  type Graph,
  type GraphNode,
  type Port,
  type ValueId,
  operands,
} from '../../graph/graph.js';
import { type View, inOf, isElementwise, isScalar, outOf, viewOf } from './elementwise.js';
import { type Group, groupsOf } from './groups.js';

/** A sum over all elements of a group's value. */
export interface Reduction {
  readonly of: ValueId;
  readonly out: ValueId;
  readonly group: Group;
}

/** A stage: scalars first, then loops that need them and make sums that the next stage needs. */
export interface Stage {
  readonly scalars: readonly GraphNode[];
  readonly reductions: readonly Reduction[];
  /** Scalars that the stage's loops read. */
  readonly reads: readonly ValueId[];
}

export interface FusedPlan {
  readonly stages: readonly Stage[];
  /** Groups that share a loop; all that is written is written in the last stage. */
  readonly classes: readonly (readonly Group[])[];
  /** How memory has to be laid out. */
  readonly regions: readonly (readonly Slot[])[];
  /** Output ports of one number. */
  readonly scalarOutputs: readonly Port[];
}

/** The name of the slot that hands a scalar to a loop, or a sum to what follows. */
export const scalarSlot = (id: ValueId): string => `scalar/${id}`;

/** How many sums lie before each value. */
const stagesOf = ({ graph, size, isVector }: View): ((id: ValueId) => number) => {
  const stages = new Map<ValueId, number>();
  for (const node of graph.nodes) {
    const before = Math.max(0, ...operands(node).map((id) => stages.get(id) ?? 0));
    const sums = size(outOf(node)) === 1 && isVector(inOf(node));
    stages.set(outOf(node), sums ? before + 1 : before);
  }
  return (id) => stages.get(id) ?? 0;
};

/** The scalars, not constant, that the elements of vectors are computed with. */
const scalarsOf = (view: View, vectors: readonly ValueId[]): readonly ValueId[] => {
  const seen = new Set<ValueId>();
  const found = new Set<ValueId>();
  const visit = (id: ValueId): void => {
    if (seen.has(id) || view.graph.constants.has(id)) return;
    seen.add(id);
    const node = view.maker.get(id);
    if (!view.isVector(id)) found.add(id);
    else if (node !== undefined) operands(node).forEach(visit);
  };
  vectors.forEach(visit);
  return [...found];
};

const classesOf = (groups: readonly Group[]): FusedPlan['classes'] => {
  const alike = new Map<string, readonly Group[]>();
  for (const group of groups) {
    alike.set(group.signature, [...(alike.get(group.signature) ?? []), group]);
  }
  return [...alike.values()];
};

const real = (name: string, size: number): Slot => ({ name, size, dtype: 'float32' });

/** Each port of a class, with those of all its groups end to end; then everything else by itself. */
const regionsOf = (
  { graph, size }: View,
  classes: FusedPlan['classes'],
  handed: ReadonlySet<ValueId>,
): FusedPlan['regions'] => {
  const portsOf = ({ reads, writes }: Group): readonly string[] => [
    ...new Set([...reads, ...writes.map((w) => w.name)]),
  ];
  const ofClasses = classes.flatMap((same) => {
    const ports = same.map(portsOf);
    return (ports[0] ?? []).map((_, which) =>
      same.map((group, i) => real(ports[i]?.[which] ?? '', group.size)),
    );
  });
  const placed = new Set(ofClasses.flat().map((s) => s.name));
  const rest = new Map(
    [...graph.inputs, ...graph.outputs]
      .filter(({ name }) => !placed.has(name))
      .map(({ name, id }) => [
        name,
        { name, size: size(id), dtype: graph.values[id]?.dtype ?? ('float32' as const) },
      ]),
  );
  return [
    ...ofClasses,
    ...[...rest.values()].map((s) => [s]),
    [...handed].map((id) => real(scalarSlot(id), 1)),
  ];
};

/** The plan, or nothing where some node is neither elementwise work nor a sum over everything. */
export const fuse = (graph: Graph): FusedPlan | undefined => {
  const view = viewOf(graph);
  if (!isElementwise(view)) return undefined;
  const stageOf = stagesOf(view);
  const groups = groupsOf(view);
  const classes = classesOf(groups);
  const last = Math.max(0, ...graph.nodes.map((n) => stageOf(outOf(n))));
  const stages = Array.from({ length: last + 1 }, (_, stage): Stage => {
    const reductions = groups.flatMap((group) =>
      group.sums
        .filter((n) => stageOf(inOf(n)) === stage)
        .map((n) => ({ of: inOf(n), out: outOf(n), group })),
    );
    const written = groups.flatMap((g) => g.writes.map((w) => w.id));
    return {
      // Scalars of earlier stages are computed again: that is cheaper than to keep them.
      scalars: graph.nodes.filter((n) => isScalar(view, n) && stageOf(outOf(n)) <= stage),
      reductions,
      reads: scalarsOf(view, [...reductions.map((r) => r.of), ...(stage === last ? written : [])]),
    };
  });
  const handed = new Set(stages.flatMap((s) => [...s.reads, ...s.reductions.map((r) => r.out)]));
  return {
    stages,
    classes,
    regions: regionsOf(view, classes, handed),
    scalarOutputs: graph.outputs.filter(({ id }) => view.size(id) === 1),
  };
};
