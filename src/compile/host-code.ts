/** Which nodes of a graph are calls of plain JavaScript, and of what. */
import type { HostCode } from '../../dsl/tensors/host-kernel.js';
import { hostKernels, kernels } from '../kernels/index.js';
import { type Graph, type GraphNode, operands, valueAt } from '../graph/graph.js';

/** The code that a node calls; nothing where a kernel does its work. */
export const hostCodeOf = (graph: Graph, node: GraphNode): HostCode | undefined =>
  kernels.get(node.kernel)?.host?.(
    node.attributes,
    operands(node).map((id) => valueAt(graph, id).shape),
  );

export const callsHost = ({ nodes }: Graph): boolean =>
  nodes.some(({ kernel }) => hostKernels.has(kernel));
