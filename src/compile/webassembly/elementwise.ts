/** What of a graph is work element by element, on vectors or on single numbers. */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { aliasKernels, kernels } from '../../kernels/index.js';
import { type Graph, type GraphNode, type ValueId, operands } from '../../graph/graph.js';
import { axesOf } from '../../graph/attributes.js';

/** A graph with what planning asks of it again and again. */
export interface View {
  readonly graph: Graph;
  readonly size: (id: ValueId) => number;
  /** Whether a value has elements of its own: more than one, and not the same constant everywhere. */
  readonly isVector: (id: ValueId) => boolean;
  readonly maker: ReadonlyMap<ValueId, GraphNode>;
  /** The value of an input, by its name. */
  readonly input: ReadonlyMap<string, ValueId>;
}

export const viewOf = (graph: Graph): View => {
  const size = (id: ValueId): number => sizeOf(graph.values[id]?.shape ?? []);
  return {
    graph,
    size,
    isVector: (id) => size(id) > 1 && graph.constants.get(id)?._tag !== 'uniform',
    maker: new Map(graph.nodes.map((n) => [n.outputs[0] ?? -1, n] as const)),
    input: new Map(graph.inputs.map((p) => [p.name, p.id])),
  };
};

/** The first output: every node that is planned has one. */
export const outOf = (node: GraphNode): ValueId => node.outputs[0] ?? -1;

export const inOf = (node: GraphNode): ValueId => operands(node)[0] ?? -1;

/** Whether a node makes one number of all elements of a vector. */
export const isSum = ({ size, isVector }: View, node: GraphNode): boolean =>
  size(outOf(node)) === 1 && isVector(inOf(node));

/** Whether a node makes one number of others. */
export const isScalar = ({ size, isVector }: View, node: GraphNode): boolean =>
  size(outOf(node)) === 1 && !isVector(inOf(node));

const sumsEverything = ({ graph }: View, node: GraphNode): boolean => {
  const shape = graph.values[inOf(node)]?.shape ?? [];
  const axes = axesOf(node.attributes['axis'] ?? node.attributes['reductionIndices'], shape);
  return node.kernel === 'Sum' && shape.every((n, axis) => n === 1 || axes.includes(axis));
};

const nodeFits = (view: View, node: GraphNode): boolean => {
  const { graph, size, isVector } = view;
  if (node.outputs.length !== 1) return false;
  const isTruth = (id: ValueId): boolean => graph.values[id]?.dtype === 'bool';
  if (node.kernel === 'Cast' && isVector(outOf(node)) && !isTruth(inOf(node))) return false;
  const vectors = operands(node).filter(isVector);
  if (size(outOf(node)) === 1) return vectors.length === 0 || sumsEverything(view, node);
  return (
    (aliasKernels.has(node.kernel) || kernels.get(node.kernel)?.vector !== undefined) &&
    vectors.every((id) => size(id) === size(outOf(node)) && !graph.constants.has(id))
  );
};

/** Whether a graph is elementwise work on float32, and sums over everything. */
export const isElementwise = (view: View): boolean =>
  view.graph.inputs.every(({ id }) => {
    const real = view.graph.values[id]?.dtype === 'float32';
    return real || view.size(id) === 1;
  }) && view.graph.nodes.every((node) => nodeFits(view, node));
