/** What memory a graph asks for, from its shapes alone: to refuse it before it is tried. */
import { sizeOf } from '../../dsl/tensors/shape.js';
import { SMALLER, availableBytes, showBytes } from './memory.js';
import { type DType, type Graph, type Value, operands, valueAt } from '../graph/graph.js';

export const bytesOfType: Readonly<Record<DType, number>> = { float32: 4, int32: 4, bool: 1 };

const bytesOf = ({ shape, dtype }: Value): number => sizeOf(shape) * bytesOfType[dtype];

/** From so many bytes on the machine is asked. */
const LARGE = 2 ** 28;

/** Why a kernel cannot be run: what it reads and makes must be there at once. Nothing where all can. */
export const outgrown = (graph: Graph): string | undefined => {
  const [worst] = graph.nodes
    .map((node) => {
      const made = node.outputs.map((id) => valueAt(graph, id));
      const read = [...new Set(operands(node))]
        .filter((id) => graph.constants.get(id)?._tag !== 'uniform')
        .map((id) => valueAt(graph, id));
      const bytes = [...made, ...read].reduce((sum, value) => sum + bytesOf(value), 0);
      return { kernel: node.kernel, shape: made[0]?.shape ?? [], bytes };
    })
    .toSorted((a, b) => b.bytes - a.bytes);
  if (worst === undefined || worst.bytes < LARGE || worst.bytes <= availableBytes()) {
    return undefined;
  }
  return `its ${worst.kernel} of shape [${worst.shape.join(', ')}] takes ${showBytes(worst.bytes)} with what it reads, and ${showBytes(availableBytes())} are left; ${SMALLER}.`;
};
