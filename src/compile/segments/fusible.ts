/** Which nodes of a graph fused loops can do: work element by element on float32, and reductions. */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { aliasKernels, kernels } from '../../kernels/index.js';
import { type Graph, type GraphNode, type ValueId, operands, valueAt } from '../../graph/graph.js';
import { REDUCTIONS } from '../webassembly/folds.js';
import { WINDOWED } from './windowed.js';

const LOGICAL = new Set(['LogicalAnd', 'LogicalOr', 'LogicalNot']);

const fits = (graph: Graph, node: GraphNode): boolean => {
  const { kernel } = node;
  const [out] = node.outputs;
  if (node.outputs.length !== 1 || out === undefined) return false;
  const made = valueAt(graph, out);
  const read = operands(node).map((id) => valueAt(graph, id));
  if ([made, ...read].some(({ shape }) => sizeOf(shape) === 0)) return false;
  const real = (ids: typeof read): boolean => ids.every(({ dtype }) => dtype === 'float32');
  const truth = (ids: typeof read): boolean => ids.every(({ dtype }) => dtype === 'bool');
  if (WINDOWED.has(kernel)) return true;
  if (aliasKernels.has(kernel) || REDUCTIONS.has(kernel)) return real([made, ...read]);
  if (kernel === 'Cast') return real([made]) && truth(read);
  if (kernel === 'Select') return truth(read.slice(0, 1)) && real([made, ...read.slice(1)]);
  if (LOGICAL.has(kernel)) return truth([made, ...read]);
  if (kernels.get(kernel)?.vector === undefined) return false;
  // Numbers of numbers, or the truth of a comparison of them.
  return real(read) && (real([made]) || truth([made]));
};

/**
 * The nodes that fused loops can do. Truth is a mask in them and a byte elsewhere, so what makes or
 * takes it belongs to them only where all others that do, do too.
 */
export const fusible = (graph: Graph): ReadonlySet<GraphNode> => {
  const found = new Set(graph.nodes.filter((node) => fits(graph, node)));
  const isTruth = (id: ValueId): boolean => valueAt(graph, id).dtype === 'bool';
  const given = new Set([...graph.inputs, ...graph.outputs].map((p) => p.id).filter(isTruth));
  const users = new Map<ValueId, GraphNode[]>();
  const maker = new Map<ValueId, GraphNode>();
  for (const node of graph.nodes) {
    for (const id of operands(node).filter(isTruth)) {
      users.set(id, [...(users.get(id) ?? []), node]);
    }
    for (const id of node.outputs) maker.set(id, node);
  }
  const stays = (id: ValueId): boolean => {
    const made = maker.get(id);
    const inside =
      graph.constants.get(id)?._tag === 'uniform' || (made !== undefined && found.has(made));
    return inside && !given.has(id) && (users.get(id) ?? []).every((user) => found.has(user));
  };
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const node of found) {
      if (![...operands(node), ...node.outputs].filter(isTruth).every(stays)) found.delete(node);
    }
  }
  return found;
};
