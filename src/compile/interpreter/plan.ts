/** A graph in the order in which it is interpreted: what each step takes, and what nobody needs after it. */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { type Values, emptyArray } from '../arena.js';
import {
  type Constant,
  type Graph,
  type GraphNode,
  type Port,
  type Value,
  type ValueId,
  operands,
  valueAt,
} from '../../graph/graph.js';

/** A constant with all its numbers. */
export interface PlannedConstant extends Value {
  readonly id: ValueId;
  readonly values: Values;
}

export interface PlannedNode {
  readonly node: GraphNode;
  /** Its inputs, those in a list by their places in it. */
  readonly taken: Readonly<Record<string, ValueId>>;
  /** The shape and type of its first output. */
  readonly first: Value;
  /** The values that are used here for the last time. */
  readonly last: readonly ValueId[];
}

export interface Plan {
  readonly inputs: readonly (Port & Value)[];
  readonly constants: readonly PlannedConstant[];
  readonly nodes: readonly PlannedNode[];
  /** Which have a value of their own, and which share one with an input, a constant or another output. */
  readonly outputs: readonly (Port & { readonly shares: boolean })[];
}

const numbersOf = (constant: Constant, { shape, dtype }: Value): Values => {
  const array = emptyArray(dtype, sizeOf(shape));
  if (constant._tag === 'uniform') array.fill(constant.value);
  else array.set(constant.values);
  return array;
};

const isSingle = (inputs: GraphNode['inputs']): inputs is PlannedNode['taken'] =>
  Object.values(inputs).every((id) => typeof id === 'number');

const takenBy = ({ inputs }: GraphNode): PlannedNode['taken'] => {
  if (isSingle(inputs)) return inputs;
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, id]) =>
      typeof id === 'number'
        ? [[name, id] as const]
        : id.map((one, i) => [String(i), one] as const),
    ),
  );
};

/** The values of which each node is the last that takes or makes them, those that stay left out. */
const lastUses = (graph: Graph, stay: ReadonlySet<ValueId>): readonly (readonly ValueId[])[] => {
  const seen = new Set(stay);
  return graph.nodes
    .toReversed()
    .map((node) =>
      [...operands(node), ...node.outputs].filter((id) => {
        if (seen.has(id)) return false;
        seen.add(id);
        return true;
      }),
    )
    .toReversed();
};

/** The plan of a graph; `known` are the values beside its inputs and constants that there are before it is run. */
export const planOf = (graph: Graph, known: Iterable<ValueId> = []): Plan => {
  const used = new Set(graph.outputs.map(({ id }) => id));
  for (const node of graph.nodes) for (const id of operands(node)) used.add(id);
  const constants = [...graph.constants].filter(([id]) => used.has(id));
  const given = [...graph.inputs.map(({ id }) => id), ...constants.map(([id]) => id), ...known];
  const last = lastUses(graph, new Set([...given, ...graph.outputs.map(({ id }) => id)]));
  const taken = new Set(given);
  return {
    inputs: graph.inputs.map((port) => ({ ...port, ...valueAt(graph, port.id) })),
    constants: constants.map(([id, constant]) => {
      const value = valueAt(graph, id);
      return { id, ...value, values: numbersOf(constant, value) };
    }),
    nodes: graph.nodes.map((node, i) => ({
      node,
      taken: takenBy(node),
      first: valueAt(graph, node.outputs[0] ?? -1),
      last: last[i] ?? [],
    })),
    outputs: graph.outputs.map((port) => {
      const shares = taken.has(port.id);
      taken.add(port.id);
      return { ...port, shares };
    }),
  };
};
