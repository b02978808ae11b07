/** A graph as an ONNX model. */
import * as E from 'fp-ts/lib/Either.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { aliasKernels, kernels } from '../../kernels/index.js';
import type { ExecutableError } from '../executable.js';
import {
  type Constant,
  type Graph,
  type GraphNode,
  type Value,
  type ValueId,
  operands,
  valueAt,
} from '../../graph/graph.js';
import { draft } from '../../code/onnx/builder.js';
import { type OnnxModel, type OnnxValue, encodeModel } from '../../code/onnx/model.js';

/** Whether operands broadcast, so that a uniform constant can be given as one number: in ONNX those of `Select` do. */
const broadcasts = (kernel: string): boolean =>
  kernel === 'Select' || kernels.get(kernel)?.batch === 'elementwise';

/** The name of an output in the file: ONNX wants another where an input has it already. */
const outputName = (graph: Graph, name: string): string => {
  const inputs = graph.inputs.map((p) => p.name);
  const others = graph.outputs.map((p) => p.name).filter((n) => n !== name);
  let free = name;
  while (inputs.includes(free) || others.includes(free)) free = `${free}:next`;
  return free;
};

/** The graph in ONNX operators, or the first kernel that has none. */
const onnxModel = (graph: Graph): E.Either<ExecutableError, OnnxModel> => {
  const outputs = graph.outputs.map((p) => outputName(graph, p.name));
  const b = draft(new Set([...outputs, ...graph.inputs.map((p) => p.name)]));
  const names = new Map<ValueId, string>(graph.inputs.map((p) => [p.id, p.name]));
  const wide = (c: Constant, { shape, dtype }: Value): string =>
    c._tag === 'dense'
      ? b.constant(dtype, shape, c.values)
      : b.constant(
          dtype,
          shape,
          Array.from({ length: sizeOf(shape) }, () => c.value),
        );
  const nameOf = (id: ValueId, mayNarrow: boolean): string => {
    const value = valueAt(graph, id);
    const constant = graph.constants.get(id);
    if (mayNarrow && constant?._tag === 'uniform') {
      return b.constant(value.dtype, [], [constant.value]);
    }
    const known = names.get(id);
    if (known !== undefined) return known;
    const name = wide(constant ?? { _tag: 'uniform', value: Number.NaN }, value);
    // A large array of constants is in the file once, however many kernels take it.
    names.set(id, name);
    return name;
  };
  /** A constant may be one number where the other operands already have the result's shape. */
  const mayNarrow = (node: GraphNode, id: ValueId): boolean => {
    const [out] = node.outputs;
    if (!broadcasts(node.kernel) || out === undefined) return false;
    const others = Object.values(node.inputs)
      .flat()
      .filter((o) => o !== id && graph.constants.get(o)?._tag !== 'uniform');
    const shape = valueAt(graph, out).shape.join();
    return others.some((o) => valueAt(graph, o).shape.join() === shape);
  };
  for (const node of graph.nodes) {
    const translate = kernels.get(node.kernel)?.onnx;
    const [out] = node.outputs;
    if (translate === undefined || out === undefined) {
      return E.left({ _tag: 'unsupportedKernel', kernel: node.kernel });
    }
    const ids = Object.values(node.inputs).flat();
    const at = (name: string): ValueId => {
      const id = node.inputs[name];
      return typeof id === 'number' ? id : (id?.[0] ?? -1);
    };
    const result = translate({
      b,
      kernel: node.kernel,
      inputs: Object.fromEntries(
        Object.keys(node.inputs).map((name) => [name, valueAt(graph, at(name))]),
      ),
      at: (name) => nameOf(at(name), mayNarrow(node, at(name))),
      value: (name) => valueAt(graph, at(name)),
      all: ids.map((id) => nameOf(id, mayNarrow(node, id))),
      values: ids.map((id) => valueAt(graph, id)),
      attributes: node.attributes,
      out: valueAt(graph, out),
      outs: node.outputs.map((o) => valueAt(graph, o)),
    });
    if (result === undefined) return E.left({ _tag: 'unsupportedKernel', kernel: node.kernel });
    const results = typeof result === 'string' ? [result] : result;
    node.outputs.forEach((o, i) => names.set(o, results[i] ?? ''));
  }
  const port = (name: string, id: ValueId): OnnxValue => {
    const { shape, dtype } = valueAt(graph, id);
    return { name, type: dtype, shape };
  };
  // An output keeps its own name, so that a value can be both an input and two outputs. One that is another value by
  // another shape is made of that once more: the runtime joins a product with the shapes around it, and would lose it.
  const makers = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((o) => [o, node] as const)),
  );
  for (const { name, id } of graph.outputs) {
    const maker = makers.get(id);
    const [of] = maker && aliasKernels.has(maker.kernel) ? operands(maker) : [];
    const { shape, dtype } = valueAt(graph, id);
    const isShaped = of !== undefined && valueAt(graph, of).dtype === dtype;
    if (isShaped && shape.length > 0 && sizeOf(shape) > 0) {
      const again = b.ints([-1, ...shape.slice(1)]);
      b.op('Reshape', [nameOf(of, false), again], {}, outputName(graph, name));
    } else b.op('Identity', [nameOf(id, false)], {}, outputName(graph, name));
  }
  return E.right({
    nodes: b.nodes,
    initializers: b.initializers,
    inputs: graph.inputs.map((p) => port(p.name, p.id)),
    outputs: graph.outputs.map((p) => port(outputName(graph, p.name), p.id)),
  });
};

/** The bytes of a graph's ONNX file. */
export const onnxBytes = (graph: Graph): E.Either<ExecutableError, Uint8Array> => {
  const model = onnxModel(graph);
  return E.isLeft(model) ? model : E.right(encodeModel(model.right));
};
