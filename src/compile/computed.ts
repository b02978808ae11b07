/** A function of tensors that is traced, transformed, and run at once by the kernels of the backend in use. */
import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../dsl/records/dictionary.js';
import type { Tensor } from '../../dsl/index.js';
import { callAll } from '../kernels/call.js';
import { specOf } from './container.js';
import { needed } from '../graph/graph.js';
import { interpret } from './interpreter/interpret.js';
import { planOf } from './interpreter/plan.js';
import { runKernel } from './interpreter/run-kernel.js';
import { type OpenGraph, type Tensors, isRecording, recordOpen } from './recording/recorder.js';

/** A kernel where a watcher is told of it: what a program computes so depends on what it computes it of. */
const watchedKernel: typeof runKernel = (node, inputs, first) =>
  tf.getKernel(node.kernel, tf.getBackend()) === undefined
    ? runKernel(node, inputs, first)
    : callAll(node.kernel, inputs, node.attributes);

const interpreted = ({ graph, outside }: OpenGraph, given: Tensors): Tensors => {
  // What kernels are given are the tensors themselves.
  const known = new Map(
    [...outside].flatMap(([id, x]) => (x instanceof tf.Tensor ? [[id, x] as const] : [])),
  );
  const plan = planOf({ ...graph, nodes: needed(graph.nodes, graph.outputs) }, known.keys());
  return interpret(plan, given, known, watchedKernel);
};

/**
 * What `f` makes of tensors. Inside a trace it is written down with everything else; else it is traced and run
 * at once. What it makes must not be read in it: numbers are there when it is done.
 */
export function computed<Made extends Tensors>(given: Tensors, f: (given: Tensors) => Made): Made;
export function computed(given: Tensors, f: (given: Tensors) => Tensors): Tensors {
  if (isRecording()) return f(given);
  const specs = mapped(given, (x) => specOf(x));
  return tf.tidy(() => ({ ...interpreted(recordOpen(specs, f), given) }));
}

/** The same of a single tensor, from what `f` has in its scope. */
export const computedTensor = (f: () => Tensor): Tensor =>
  computed({}, () => ({ tensor: f() })).tensor;
