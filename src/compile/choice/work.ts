/** What each node of a graph does, counted: what a cost model multiplies by its constants. */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { kernels } from '../../kernels/index.js';
import { numbers } from '../../graph/attributes.js';
import { type Graph, type GraphNode, type Value, operands, valueAt } from '../../graph/graph.js';
import type { Kind } from '../../code/kind.js';

/** How dear an element of a kernel is. */
const kindOf = (kernel: string): Kind => kernels.get(kernel)?.cost ?? 'arithmetic';

/** A node's work. All counts are of elements but where they say otherwise. */
export type Work =
  | { readonly _tag: 'nothing' }
  | { readonly _tag: 'elements'; readonly kind: Kind; readonly count: number }
  /** A reduction: elements read, and made. */
  | { readonly _tag: 'fold'; readonly read: number; readonly made: number }
  /** `count` products of an `m` x `k` matrix by one of `k` x `n`. */
  | {
      readonly _tag: 'product';
      readonly count: number;
      readonly m: number;
      readonly k: number;
      readonly n: number;
    }
  /** Softmax, cumulated sums: two passes over lines. */
  | { readonly _tag: 'lines'; readonly kind: Kind; readonly count: number }
  | { readonly _tag: 'move'; readonly count: number }
  | { readonly _tag: 'gather'; readonly count: number }
  /** `count` elements are added into a table of `table`. */
  | { readonly _tag: 'scatter'; readonly count: number; readonly table: number }
  /** Factors of matrices: multiply-adds. */
  | { readonly _tag: 'factor'; readonly count: number }
  /** Convolutions and pools: multiply-adds. */
  | { readonly _tag: 'windows'; readonly count: number };

const product = (
  { attributes }: GraphNode,
  a: Value,
  out: Value,
): Extract<Work, { readonly _tag: 'product' }> => {
  const [m = 1, n = 1] = out.shape.slice(-2);
  const k = a.shape.at(attributes['transposeA'] === true ? -2 : -1) ?? 1;
  return { _tag: 'product', m, k, n, count: sizeOf(out.shape) / Math.max(1, m * n) };
};

/** Multiply-adds of a convolution or of its gradients; of a pool, elements times its window. */
const windows = (graph: Graph, node: GraphNode, out: Value): number => {
  const given = node.inputs['filter'];
  const backward = node.kernel.includes('BackpropFilter');
  const filter =
    typeof given === 'number' ? valueAt(graph, given) : backward ? out : { shape: [1] };
  const images = [
    ...operands(node).filter((id) => id !== given),
    ...(backward ? [] : node.outputs),
  ];
  const largest = Math.max(...images.map((id) => sizeOf(valueAt(graph, id).shape)));
  const window = sizeOf(numbers(node.attributes['filterSize']));
  return largest * window * sizeOf(filter.shape.slice(0, -1));
};

/** The work of one node. */
export const workOf = (graph: Graph, node: GraphNode): Work => {
  const { kernel } = node;
  const ins = operands(node).map((id) => valueAt(graph, id));
  const outs = node.outputs.map((id) => valueAt(graph, id));
  const [out = { shape: [], dtype: 'float32' as const }] = outs;
  const [first = out] = ins;
  const made = outs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const kind = kindOf(kernel);
  switch (kernels.get(kernel)?.work) {
    case undefined:
      return { _tag: 'elements', kind, count: made };
    case 'nothing':
      return { _tag: 'nothing' };
    case 'fold':
      return { _tag: 'fold', read: sizeOf(first.shape), made };
    case 'product':
      return product(node, first, out);
    case 'lines':
      return { _tag: 'lines', kind, count: made };
    case 'move':
      return { _tag: 'move', count: made };
    case 'gather':
      return { _tag: 'gather', count: made };
    case 'scatter':
      return { _tag: 'scatter', count: Math.max(...ins.map((v) => sizeOf(v.shape))), table: made };
    case 'sort': {
      // Comparisons, each a call.
      const line = first.shape.at(-1) ?? 1;
      const count = sizeOf(first.shape) * Math.log2(Math.max(2, line));
      return { _tag: 'elements', kind: 'power', count };
    }
    case 'factor': {
      // A factor is a third of a product, a system half of one.
      const k = first.shape.at(-1) ?? 1;
      return { _tag: 'factor', count: ins.length === 1 ? (made * k) / 6 : (made * k) / 2 };
    }
    case 'windows':
      return { _tag: 'windows', count: windows(graph, node, out) };
  }
};
