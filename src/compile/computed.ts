/** A function of tensors that is traced, transformed, and run at once by the kernels of the backend in use. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { entryOf } from '../../dsl/dictionary.js';
import { callAll } from '../kernels/call.js';
import { specOf } from './container.js';
import { type Graph, type ValueId, needed, valueAt } from './graph.js';
import { runKernel } from './interpreter/run-kernel.js';
import { type OpenGraph, type Tensors, isTracing, traceOpen } from './tracer.js';

const constantAt = (graph: Graph, id: ValueId): Tensor => {
  const { shape, dtype } = valueAt(graph, id);
  const constant = graph.constants.get(id);
  if (constant === undefined) throw new Error(`no value ${id}`);
  return constant.tag === 'uniform'
    ? tf.fill([...shape], constant.value, dtype)
    : tf.tensor(Array.from(constant.values), [...shape], dtype);
};

const interpreted = ({ graph, outside }: OpenGraph, given: Tensors): Tensors => {
  const made = new Map<ValueId, Tensor>();
  // What kernels are given are the tensors themselves.
  for (const [id, x] of outside) if (x instanceof tf.Tensor) made.set(id, x);
  for (const { id, name } of graph.inputs) {
    const x = entryOf(given, name);
    if (x !== undefined) made.set(id, x);
  }
  const at = (id: ValueId): Tensor => {
    const known = made.get(id) ?? constantAt(graph, id);
    made.set(id, known);
    return known;
  };
  for (const node of needed(graph.nodes, graph.outputs)) {
    const inputs = Object.fromEntries(
      Object.entries(node.inputs).flatMap(([name, id]) =>
        typeof id === 'number' ? [[name, at(id)] as const] : [],
      ),
    );
    const [first = -1] = node.outputs;
    const outputs =
      tf.getKernel(node.kernel, tf.getBackend()) === undefined
        ? runKernel(node, inputs, valueAt(graph, first))
        : callAll(node.kernel, inputs, node.attributes);
    node.outputs.forEach((id, i) => {
      const output = outputs[i];
      if (output !== undefined) made.set(id, output);
    });
  }
  return Object.fromEntries(graph.outputs.map(({ name, id }) => [name, tf.clone(at(id))]));
};

/**
 * What `f` makes of tensors. Inside a trace it is written down with everything else; else it is traced and run
 * at once. What it makes must not be read in it: numbers are there when it is done.
 */
export function computed<Made extends Tensors>(given: Tensors, f: (given: Tensors) => Made): Made;
export function computed(given: Tensors, f: (given: Tensors) => Tensors): Tensors {
  if (isTracing()) return f(given);
  const specs = Object.fromEntries(Object.entries(given).map(([name, x]) => [name, specOf(x)]));
  return tf.tidy(() => ({ ...interpreted(traceOpen(specs, f), given) }));
}

/** The same of a single tensor, from what `f` has in its scope. */
export const computedTensor = (f: () => Tensor): Tensor =>
  computed({}, () => ({ tensor: f() })).tensor;
