/**
 * Convolutions and their gradients as products of matrices. The windows of an image side by side are the rows
 * of a matrix: its product with the filter is the convolution, that of its transpose with the gradient of the
 * result the filter's gradient, and what comes back in such rows, each added where it was taken from, is the
 * image's. A runtime that is given filters anew in each run does no better than to go image by image.
 *
 * Source: Chellapilla, Puri, Simard, "High performance convolutional neural networks for document
 * processing", 2006.
 */
import type { Shape } from '../../../dsl/index.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { numbers } from '../../graph/attributes.js';
import {
  type Attribute,
  type Graph,
  type GraphNode,
  type Value,
  type ValueId,
  valueAt,
} from '../../graph/graph.js';
import { simplify } from '../passes/simplify.js';
import { writtenOut } from '../webassembly/window-loops.js';
import { type WindowAxis, type Windows, windowsOf } from '../../graph/windows.js';

/** The kernel that puts windows side by side, and the one that adds them up again. */
export const WINDOW_ROWS = 'WindowRows';
export const WINDOW_SUMS = 'WindowSums';

/** Both; only loops do them. */
export const WINDOWED: ReadonlySet<string> = new Set([WINDOW_ROWS, WINDOW_SUMS]);

const CONVOLUTION = /^Conv[23]D(?:$|Backprop)/;

/** Rows of so many numbers lie in no cache, and are longer to write than a convolution saves. */
const MOST = 2 ** 23;

/** So many windows are written out at most, one for each kind of edge: with small images all are edges. */
const MOST_WRITTEN = 256;

/** What a matrix of windows is told beside its images. */
const asAttribute = (axes: readonly WindowAxis[]): Attribute =>
  axes.map((a) => [a.size, a.out, a.window, a.stride, a.dilation, a.before, a.after]);

/** The windows that a node of these kernels was told. */
export const windowAxesOf = ({ attributes }: GraphNode): readonly WindowAxis[] => {
  const { windows } = attributes;
  return (Array.isArray(windows) ? windows : []).map((told: unknown): WindowAxis => {
    const [size = 0, out = 0, window = 0, stride = 1, dilation = 1, before = 0, after = 0] =
      numbers(told);
    return { size, out, window, stride, dilation, before, after };
  });
};

const product = (a: readonly number[]): number => a.reduce((n, m) => n * m, 1);

/** The shape of the matrix of windows. */
const rowsShape = ({ axes, inShape }: Windows): Shape => [
  (inShape[0] ?? 1) * product(axes.map(({ out }) => out)),
  product(axes.map(({ window }) => window)) * (inShape.at(-1) ?? 1),
];

const windowsAt = (graph: Graph, node: GraphNode): Windows | undefined => {
  if (!CONVOLUTION.test(node.kernel)) return undefined;
  const inputs = Object.fromEntries(
    Object.entries(node.inputs).flatMap(([name, id]): (readonly [string, Value])[] =>
      typeof id === 'number' ? [[name, valueAt(graph, id)]] : [],
    ),
  );
  if (Object.values(inputs).some(({ dtype }) => dtype !== 'float32')) return undefined;
  const windows = windowsOf(node.kernel, inputs, node.attributes);
  if (windows === undefined || !windows.channelsLast) return undefined;
  const size = sizeOf(rowsShape(windows));
  return size > 0 && size <= MOST && writtenOut(windows.axes) <= MOST_WRITTEN ? windows : undefined;
};

/** The same graph with its convolutions as products. */
export const windowed = (graph: Graph): Graph => {
  const values = [...graph.values];
  const made: GraphNode[] = [];
  const add = (
    kernel: string,
    inputs: GraphNode['inputs'],
    attributes: GraphNode['attributes'],
    out: Shape | ValueId,
  ): ValueId => {
    const id = typeof out === 'number' ? out : values.push({ shape: out, dtype: 'float32' }) - 1;
    made.push({ kernel, inputs, attributes, outputs: [id] });
    return id;
  };
  const reshape = (x: ValueId, to: Shape | ValueId): ValueId => {
    const shape = typeof to === 'number' ? (values[to]?.shape ?? []) : to;
    return add('Reshape', { x }, { shape }, to);
  };
  const multiply = (
    a: ValueId,
    b: ValueId,
    shape: Shape,
    transpose: { readonly transposeA?: boolean; readonly transposeB?: boolean } = {},
  ): ValueId =>
    add('BatchMatMul', { a, b }, { transposeA: false, transposeB: false, ...transpose }, shape);
  const replace = (node: GraphNode, w: Windows): void => {
    const [rows = 1, inner = 1] = rowsShape(w);
    const matrix = [rows, inner];
    const { x, dy, filter } = node.inputs;
    const [out = -1] = node.outputs;
    const windows = { windows: asAttribute(w.axes) };
    const channels = (id: ValueId): number => values[id]?.shape.at(-1) ?? 1;
    const rowsOf = (images: ValueId): ValueId => add(WINDOW_ROWS, { x: images }, windows, matrix);
    if (typeof x === 'number' && typeof filter === 'number') {
      const many = channels(filter);
      const sums = multiply(rowsOf(x), reshape(filter, [inner, many]), [rows, many]);
      reshape(sums, out);
    } else if (typeof x === 'number' && typeof dy === 'number') {
      const many = channels(dy);
      const gradient = multiply(rowsOf(x), reshape(dy, [rows, many]), [inner, many], {
        transposeA: true,
      });
      reshape(gradient, out);
    } else if (typeof dy === 'number' && typeof filter === 'number') {
      const many = channels(dy);
      const [left, right] = [reshape(dy, [rows, many]), reshape(filter, [inner, many])];
      const all = multiply(left, right, matrix, { transposeB: true });
      add(WINDOW_SUMS, { x: all }, windows, out);
    } else made.push(node);
  };
  for (const node of graph.nodes) {
    const windows = windowsAt(graph, node);
    if (windows === undefined) made.push(node);
    else replace(node, windows);
  }
  if (values.length === graph.values.length) return graph;
  // A convolution and the gradient of its filter have the same windows.
  return simplify({ ...graph, values, nodes: made });
};
