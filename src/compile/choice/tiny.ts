/**
 * Products of numbers below the normal ones, over which processors take a hundred cycles each. Weights make them by
 * the thousand: the exponentials of what lies far below a maximum, and all that they are multiplied into.
 */
import { aliasKernels, kernels } from '../../kernels/index.js';
import { type Graph, type GraphNode, type ValueId, operands } from '../../graph/graph.js';

/** How much longer a product takes that reads them: as importance weights of fifty draws have been measured. */
export const TINY_PRODUCT = 3;

/** Kernels whose result is as near to zero as their first operand. */
const PASSES = new Set([...aliasKernels, 'Transpose', 'Neg', 'Cast', 'Tile', 'RealDiv']);

/** The products of a graph that read such numbers, where nothing makes zeros of them first. */
export const tinyProducts = ({ nodes }: Graph): ReadonlySet<GraphNode> => {
  const maxima = new Set<ValueId>();
  const belowMaxima = new Set<ValueId>();
  const tiny = new Set<ValueId>();
  const found = new Set<GraphNode>();
  for (const node of nodes) {
    const [out = -1] = node.outputs;
    const read = operands(node);
    const [first = -1, second = -1] = read;
    const { kernel } = node;
    if (kernel === 'Max') maxima.add(out);
    else if (kernel === 'Select' || kernel === 'Reshape') {
      if (read.some((id) => maxima.has(id))) maxima.add(out);
    } else if (kernel === 'Sub' && maxima.has(second)) belowMaxima.add(out);
    const isTiny =
      kernel === 'Softmax' ||
      (kernel === 'Exp' && belowMaxima.has(first)) ||
      (PASSES.has(kernel) && tiny.has(first)) ||
      (kernel === 'Multiply' && read.some((id) => tiny.has(id))) ||
      (kernel === 'Add' && read.every((id) => tiny.has(id)));
    if (isTiny) tiny.add(out);
    if (kernels.get(kernel)?.work === 'product' && read.some((id) => tiny.has(id))) {
      found.add(node);
      // What is made of them is as small.
      tiny.add(out);
    }
  }
  return found;
};
