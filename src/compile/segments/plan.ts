/**
 * A graph in segments: what ONNX Runtime does, and fused loops over what lies between. A plan is data, a
 * function of the graph alone.
 */
import type { HostCode } from '../../../dsl/tensors/host-kernel.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { hostCodeOf } from '../host-code.js';
import {
  type Graph,
  type GraphNode,
  type Port,
  type ValueId,
  operands,
  valueAt,
} from '../../graph/graph.js';
import type { Kernel, WindowLoops } from '../webassembly/kernel.js';
import { kernelsOf } from './kernels.js';
import { residenceOf } from './residence.js';
import { type Turns, turnsOf } from './turns.js';
import { windowed } from './windowed.js';

/** What the runtime does at once; its ports are named by `portOf`. */
export interface RuntimeSegment {
  readonly _tag: 'runtime';
  readonly graph: Graph;
}

/** A call of host code. */
export interface HostSegment {
  readonly _tag: 'host';
  readonly node: GraphNode;
  readonly code: HostCode;
  readonly from: readonly ValueId[];
  readonly to: ValueId;
}

export type Segment = RuntimeSegment | HostSegment | Kernel | WindowLoops;

/** Where the numbers of a value lie. */
export type Home =
  /** Where the graph's own input lies: nothing but the runtime reads it. */
  | { readonly _tag: 'input'; readonly name: string }
  /** Where the graph's own output lies: nothing but the runtime writes it. */
  | { readonly _tag: 'output'; readonly name: string }
  /** In a slot of the plan's own memory. */
  | { readonly _tag: 'slot'; readonly slot: number };

export interface SegmentPlan {
  readonly graph: Graph;
  /** In the order in which they run. */
  readonly segments: readonly Segment[];
  readonly homes: ReadonlyMap<ValueId, Home>;
  /** The slots of memory, in numbers. */
  readonly slots: readonly number[];
  /** The value whose numbers a value has. */
  readonly source: (id: ValueId) => ValueId;
}

/** The name of a value among the ports of segments. */
export const portOf = (id: ValueId): string => `value/${id}`;

/** What a segment reads, by source. */
export const readsOf = (
  { source }: Pick<SegmentPlan, 'source'>,
  segment: Segment,
): readonly ValueId[] => {
  switch (segment._tag) {
    case 'runtime':
      return segment.graph.inputs.map(({ id }) => source(id));
    case 'host':
      return segment.from.map(source);
    case 'loops':
      return segment.loads.map(({ value }) => value);
    case 'windows':
      return [segment.from];
  }
};

/** What a segment writes. */
export const writesOf = (segment: Segment): readonly ValueId[] => {
  switch (segment._tag) {
    case 'runtime':
      return segment.graph.outputs.map(({ id }) => id);
    case 'host':
      return [segment.to];
    case 'loops':
      return [...segment.stores, ...segment.folds].map(({ value }) => value);
    case 'windows':
      return [segment.to];
  }
};

/** The values that something outside their own turn reads, by source. */
const sharedOf = ({ graph, turns, turnOf, source }: Turns): ReadonlySet<ValueId> =>
  new Set([
    ...graph.outputs.map(({ id }) => source(id)),
    ...turns.flatMap(({ nodes }, turn) =>
      nodes
        .flatMap(operands)
        .map(source)
        .filter((id) => turnOf.get(id) !== turn),
    ),
  ]);

const runtimeSegment = (
  view: Turns,
  turn: number,
  shared: ReadonlySet<ValueId>,
): RuntimeSegment => {
  const { graph, turns, turnOf, source, aliases } = view;
  const nodes = turns[turn]?.nodes ?? [];
  const given = new Map<ValueId, Port>();
  const all: GraphNode[] = [];
  const shaped = new Set<ValueId>();
  const isMade = (id: ValueId): boolean => turnOf.get(source(id)) === turn;
  const need = (id: ValueId): void => {
    if (graph.constants.has(id)) return;
    if (!isMade(id)) return void given.set(id, { id, name: portOf(id) });
    const alias = aliases.get(id);
    if (alias === undefined || shaped.has(id)) return;
    operands(alias).forEach(need);
    shaped.add(id);
    all.push(alias);
  };
  for (const node of nodes) {
    operands(node).forEach(need);
    all.push(node);
  }
  const made = nodes.flatMap((node) => node.outputs).filter((id) => shared.has(id));
  return {
    _tag: 'runtime',
    graph: {
      ...graph,
      nodes: all,
      inputs: [...given.values()],
      outputs: made.map((id) => ({ id, name: portOf(id) })),
    },
  };
};

const hostSegments = ({ graph, turns }: Turns, turn: number): readonly HostSegment[] =>
  (turns[turn]?.nodes ?? []).flatMap((node) => {
    const code = hostCodeOf(graph, node);
    const [to = -1] = node.outputs;
    return code === undefined ? [] : [{ _tag: 'host', node, code, from: operands(node), to }];
  });

/** The life of a value in memory: the segments that write it first and read it last. */
interface Life {
  readonly value: ValueId;
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

/** A slot is used again by a value that is at most so much smaller than it. */
const LOOSE = 1.25;

/** A slot for each life, none of which meets another in it. */
const slotsFor = (
  lives: readonly Life[],
): { readonly slots: readonly number[]; readonly slotOf: ReadonlyMap<ValueId, number> } => {
  const slots: { readonly size: number; free: number }[] = [];
  const slotOf = new Map<ValueId, number>();
  for (const { value, size, from, to } of lives.toSorted((a, b) => a.from - b.from)) {
    const found = slots.findIndex(
      (slot) => slot.free < from && slot.size >= size && slot.size <= size * LOOSE,
    );
    const slot = slots[found];
    if (slot === undefined) slotOf.set(value, slots.push({ size, free: to }) - 1);
    else {
      slot.free = to;
      slotOf.set(value, found);
    }
  }
  return { slots: slots.map(({ size }) => size), slotOf };
};

/** Where everything lies that segments read and write. */
const homesOf = (
  { graph, source }: Turns,
  segments: readonly Segment[],
): Pick<SegmentPlan, 'homes' | 'slots'> => {
  const inputs = new Map(graph.inputs.map(({ id, name }) => [id, name]));
  const outputs = new Map(graph.outputs.map(({ id, name }) => [source(id), name]));
  const inLoops = new Set(
    segments
      .filter(({ _tag }) => _tag === 'loops' || _tag === 'windows')
      .flatMap((s) => [...readsOf({ source }, s), ...writesOf(s)]),
  );
  const homes = new Map<ValueId, Home>();
  const lives = new Map<ValueId, Life>();
  const last = segments.length;
  const live = (value: ValueId, at: number): void => {
    const before = lives.get(value);
    const always = graph.constants.has(value);
    // Inputs are put into their slots before anything runs, and constants once.
    const from = always || inputs.has(value) ? -1 : at;
    const to = always || outputs.has(value) ? last : at;
    const size = sizeOf(valueAt(graph, value).shape);
    lives.set(value, {
      value,
      size,
      from: Math.min(before?.from ?? from, from),
      to: Math.max(before?.to ?? to, to),
    });
  };
  const settle = (value: ValueId, at: number): void => {
    const input = inputs.get(value);
    const output = outputs.get(value);
    if (inLoops.has(value) || (input === undefined && output === undefined)) live(value, at);
    else if (input !== undefined) homes.set(value, { _tag: 'input', name: input });
    else if (output !== undefined) homes.set(value, { _tag: 'output', name: output });
  };
  segments.forEach((segment, at) => {
    for (const value of [...readsOf({ source }, segment), ...writesOf(segment)]) settle(value, at);
  });
  for (const { id } of graph.outputs) {
    const value = source(id);
    if (!homes.has(value) && !lives.has(value)) {
      const input = inputs.get(value);
      if (input === undefined) live(value, -1);
      else homes.set(value, { _tag: 'input', name: input });
    }
  }
  const { slots, slotOf } = slotsFor([...lives.values()]);
  for (const [value, slot] of slotOf) homes.set(value, { _tag: 'slot', slot });
  return { homes, slots };
};

/** Plans a graph: with fused loops, or with the runtime and host code alone. */
export const segmentPlan = (asked: Graph, fuses = true): SegmentPlan => {
  const graph = fuses ? windowed(asked) : asked;
  const view = turnsOf(graph, fuses);
  const residence = residenceOf(view);
  const shared = sharedOf(view);
  const segments = view.turns.flatMap(({ by }, turn): readonly Segment[] => {
    switch (by) {
      case 'loops':
        return kernelsOf(view, residence, turn);
      case 'host':
        return hostSegments(view, turn);
      case 'runtime':
        return [runtimeSegment(view, turn, shared)];
    }
  });
  return { graph, segments, source: view.source, ...homesOf(view, segments) };
};
