/**
 * Passes over a graph: values that are the same get one name, constants are computed once, and what
 * no output needs is dropped. Each keeps every output's numbers.
 */
import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../../dsl/records/dictionary.js';
import { HOST_CODE } from '../../../dsl/tensors/black-box.js';
import { sameShape } from '../../../dsl/tensors/shape.js';
import { tidied } from '../../../dsl/tensors/tidied.js';
import { exactJson } from '../../graph/exact.js';
import { kernelAttributes, namedOrListed } from '../../kernels/call.js';
import { kernels } from '../../kernels/index.js';
import {
  type Constant,
  type Graph,
  type GraphNode,
  type Value,
  type ValueId,
  needed,
} from '../../graph/graph.js';
import { resultOf } from '../javascript/program.js';

/** Kernels whose output repeats its input's one number where that is uniform. */
const SPREADING = new Set([
  'Reshape',
  'ExpandDims',
  'Transpose',
  'Tile',
  'Slice',
  'Identity',
  'Max',
  'Min',
  'Mean',
]);

/** Constants up to this size are folded by running the kernel; what has no inputs always is. */
const MOST_FOLDED = 1 << 20;

interface State {
  readonly graph: Graph;
  readonly values: Value[];
  readonly constants: Map<ValueId, Constant>;
  readonly same: Map<ValueId, ValueId>;
  readonly seen: Map<string, readonly ValueId[]>;
  readonly nodes: GraphNode[];
  /** The node that makes a value. */
  readonly makers: Map<ValueId, GraphNode>;
}

const resolve = (s: State, id: ValueId): ValueId => s.same.get(id) ?? id;

const resolved = (s: State, node: GraphNode): GraphNode => ({
  ...node,
  inputs: mapped(node.inputs, (id) =>
    typeof id === 'number' ? resolve(s, id) : id.map((i) => resolve(s, i)),
  ),
});

const uniform = (s: State, id: ValueId | undefined): number | undefined => {
  const c = id === undefined ? undefined : s.constants.get(id);
  return c?._tag === 'uniform' ? c.value : undefined;
};

const valueAt = (s: State, id: ValueId): Value => s.values[id] ?? { shape: [], dtype: 'float32' };

const sizeAt = (s: State, id: ValueId): number => valueAt(s, id).shape.reduce((a, b) => a * b, 1);

const sameValue = (s: State, a: ValueId, b: ValueId): boolean =>
  sameShape(valueAt(s, a).shape, valueAt(s, b).shape) &&
  valueAt(s, a).dtype === valueAt(s, b).dtype;

/** The comparison whose truth a value repeats as 0 or 1. */
const truthOf = (s: State, id: ValueId): ValueId | undefined => {
  const cast = s.makers.get(id);
  const from = cast?.kernel === 'Cast' ? Object.values(cast.inputs).flat()[0] : undefined;
  // A `bool` that nothing here made may hold other numbers.
  return from !== undefined && valueAt(s, from).dtype === 'bool' && s.makers.has(from)
    ? from
    : undefined;
};

/** The value that a node only repeats, if it does. */
const repeats = (s: State, node: GraphNode, out: ValueId): ValueId | undefined => {
  const ids = Object.values(node.inputs).flat();
  const [a, b] = ids;
  if (a === undefined) return undefined;
  const keeps = (id: ValueId): ValueId | undefined => (sameValue(s, id, out) ? id : undefined);
  switch (node.kernel) {
    case 'Identity':
    case 'Reshape':
    case 'Cast':
    case 'Transpose':
    case 'Tile':
    case 'Sum':
    case 'Mean':
    case 'Max':
    case 'Min':
      return node.kernel === 'Transpose' && valueAt(s, a).shape.filter((n) => n > 1).length > 1
        ? undefined
        : keeps(a);
    case 'Multiply':
      if (b !== undefined && uniform(s, b) === 1) return keeps(a);
      return b !== undefined && uniform(s, a) === 1 ? keeps(b) : undefined;
    case 'RealDiv':
      return uniform(s, b) === 1 ? keeps(a) : undefined;
    case 'Add':
      if (b !== undefined && uniform(s, b) === 0) return keeps(a);
      return b !== undefined && uniform(s, a) === 0 ? keeps(b) : undefined;
    case 'Sub':
      return uniform(s, b) === 0 ? keeps(a) : undefined;
    case 'NotEqual': {
      const truth = uniform(s, b) === 0 ? truthOf(s, a) : undefined;
      return truth === undefined ? undefined : keeps(truth);
    }
    default:
      return undefined;
  }
};

/** The constant that a node makes of uniform ones, without making their arrays. */
const uniformResult = (s: State, node: GraphNode): number | undefined => {
  const ids = Object.values(node.inputs).flat();
  if (node.kernel === 'Fill') {
    const { value } = node.attributes;
    return typeof value === 'number' ? value : undefined;
  }
  if (node.kernel === 'ZerosLike') return 0;
  if (node.kernel === 'OnesLike') return 1;
  const known = ids.flatMap((id) => uniform(s, id) ?? []);
  const [a] = known;
  if (a === undefined || known.length < ids.length) return undefined;
  if (SPREADING.has(node.kernel)) return a;
  const rule = kernels.get(node.kernel)?.scalar;
  const [out] = node.outputs;
  const real = out !== undefined && valueAt(s, out).dtype === 'float32';
  return rule === undefined || !real
    ? undefined
    : Math.fround(resultOf(rule, known, node.attributes));
};

const dense = (s: State, id: ValueId): tf.Tensor => {
  const { shape, dtype } = valueAt(s, id);
  const c = s.constants.get(id);
  const size = sizeAt(s, id);
  const numbers =
    c?._tag === 'dense'
      ? Array.from(c.values)
      : Array.from({ length: size }, () => (c?._tag === 'uniform' ? c.value : 0));
  return tf.tensor(numbers, [...shape], dtype);
};

/** Runs a kernel whose inputs are all constant, on the backend that is in use. */
const folded = (s: State, node: GraphNode): readonly Constant[] =>
  tidied(
    () => {
      const inputs = namedOrListed(node.inputs, (id) =>
        dense(s, typeof id === 'number' ? id : (id[0] ?? 0)),
      );
      const attrs = kernelAttributes(node.attributes);
      const out: tf.Tensor | tf.Tensor[] = tf.engine().runKernel(node.kernel, inputs, attrs);
      return (Array.isArray(out) ? out : [out]).map((t): Constant => {
        const values = Array.from<number>(t.dataSync());
        const [first = 0] = values;
        return values.every((v) => v === first)
          ? { _tag: 'uniform', value: first }
          : { _tag: 'dense', values };
      });
    },
    () => [],
  );

const visit = (s: State, original: GraphNode): void => {
  const node = resolved(s, original);
  const [out] = node.outputs;
  if (out === undefined) return;
  if (node.outputs.length === 1) {
    const repeated = repeats(s, node, out);
    if (repeated !== undefined) return void s.same.set(out, repeated);
    const value = uniformResult(s, node);
    if (value !== undefined) return void s.constants.set(out, { _tag: 'uniform', value });
  }
  const ids = Object.values(node.inputs).flat();
  const fits = ids.length === 0 || node.outputs.every((o) => sizeAt(s, o) <= MOST_FOLDED);
  // Gradients may be made of kernels that the backend in use has not.
  const runs = tf.getKernel(node.kernel, tf.getBackend()) !== undefined;
  if (fits && runs && ids.every((id) => s.constants.has(id))) {
    folded(s, node).forEach((c, i) => s.constants.set(node.outputs[i] ?? out, c));
    return;
  }
  if (node.kernel === HOST_CODE) {
    // Two functions are no text that could be compared.
    s.nodes.push(node);
    return;
  }
  const key = exactJson([node.kernel, node.inputs, node.attributes]);
  const before = s.seen.get(key);
  if (before !== undefined) {
    node.outputs.forEach((o, i) => s.same.set(o, before[i] ?? o));
    return;
  }
  s.seen.set(key, node.outputs);
  s.nodes.push(node);
  node.outputs.forEach((o) => s.makers.set(o, node));
};

/** The same computation with fewer nodes. */
export const simplify = (graph: Graph): Graph => {
  const s: State = {
    graph,
    values: [...graph.values],
    constants: new Map(graph.constants),
    same: new Map(),
    seen: new Map(),
    nodes: [],
    makers: new Map(),
  };
  for (const node of graph.nodes) visit(s, node);
  const outputs = graph.outputs.map((p) => ({ ...p, id: resolve(s, p.id) }));
  return {
    values: s.values,
    constants: s.constants,
    nodes: needed(s.nodes, outputs),
    inputs: graph.inputs,
    outputs,
  };
};
