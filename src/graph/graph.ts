/**
 * A traced computation as data: values with shapes, constants, and the TensorFlow.js kernels that
 * make values from values, in an order in which each comes after what it needs.
 */
import type { Shape } from '../../dsl/index.js';
import type { HostCode } from '../../dsl/tensors/host-kernel.js';

export type DType = 'float32' | 'int32' | 'bool';

/** A value by its number in the graph. */
export type ValueId = number;

/** The shape and type of a value. */
export interface Value {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A constant: one number everywhere, or all its numbers. */
export type Constant =
  | { readonly _tag: 'uniform'; readonly value: number }
  | { readonly _tag: 'dense'; readonly values: ArrayLike<number> };

/** What a kernel is told beside its inputs. */
export type Attribute =
  | number
  | string
  | boolean
  | readonly Attribute[]
  | { readonly [name: string]: Attribute }
  | HostCode
  | null
  | undefined;

/** One kernel: named inputs, each one value or a list, and its outputs in order. */
export interface GraphNode {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, ValueId | readonly ValueId[]>>;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly outputs: readonly ValueId[];
}

/** A name for a value that goes in or comes out. */
export interface Port {
  readonly name: string;
  readonly id: ValueId;
}

export interface Graph {
  readonly values: readonly Value[];
  readonly constants: ReadonlyMap<ValueId, Constant>;
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** The shape and type of a value. */
export const valueAt = (graph: Graph, id: ValueId): Value =>
  graph.values[id] ?? { shape: [], dtype: 'float32' };

/** The input values of a node, in the order of their names. */
export const operands = (node: GraphNode): readonly ValueId[] => {
  const ids = Object.values(node.inputs);
  // Nearly all nodes, and this is asked of each of them many times.
  return ids.every((id) => typeof id === 'number') ? ids : ids.flat();
};

/** The nodes that some output needs. */
export const needed = (
  nodes: readonly GraphNode[],
  outputs: readonly Port[],
): readonly GraphNode[] => {
  const wanted = new Set(outputs.map(({ id }) => id));
  return nodes
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((id) => wanted.has(id))) return false;
      for (const id of operands(node)) wanted.add(id);
      return true;
    })
    .toReversed();
};

/**
 * How many nodes there are of each kernel.
 *
 * @example
 * ```ts
 * const graph = graphOf(({ x = tf.scalar(0) }) => ({ y: tf.exp(x) }), { x: tf.scalar(1) });
 * E.isRight(graph) && countKernels(graph.right); // { Exp: 1 }
 * ```
 */
export const countKernels = (graph: Graph): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const { kernel } of graph.nodes) counts[kernel] = (counts[kernel] ?? 0) + 1;
  return counts;
};

const showValue = (graph: Graph, id: ValueId): string => {
  const { shape, dtype } = graph.values[id] ?? { shape: [], dtype: 'float32' };
  const constant = graph.constants.get(id);
  const what =
    constant === undefined
      ? `%${id}`
      : constant._tag === 'uniform'
        ? String(constant.value)
        : `c${id}`;
  return `${what}: ${dtype}[${shape.join(', ')}]`;
};

/**
 * A graph as text, a line a node.
 *
 * @example
 * ```ts
 * const graph = graphOf(({ x = tf.scalar(0) }) => ({ y: tf.exp(x) }), { x: tf.scalar(1) });
 * E.isRight(graph) && showGraph(graph.right).split('\n')[1]; // '%1: float32[] = Exp(%0: float32[])'
 * ```
 */
export const showGraph = (graph: Graph): string =>
  [
    ...graph.inputs.map((p) => `input ${p.name} = ${showValue(graph, p.id)}`),
    ...graph.nodes.map(
      (n) =>
        `${n.outputs.map((o) => showValue(graph, o)).join(', ')} = ${n.kernel}(` +
        `${operands(n)
          .map((o) => showValue(graph, o))
          .join(', ')})`,
    ),
    ...graph.outputs.map((p) => `output ${p.name} = ${showValue(graph, p.id)}`),
  ].join('\n');
