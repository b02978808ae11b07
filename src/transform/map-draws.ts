/**
 * A function of one draw, made one of many: it is written down once, and each step of it that depends on a
 * draw is replaced by the same for all draws, which lie along axis 0.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { type GraphNode, type ValueId, operands } from '../graph/graph.js';
import {
  type OwnRule,
  type Recorded,
  type Recording,
  framed,
  idOf,
  newValue,
  recordOwn,
  tensorOf,
  topFrame,
  valueAt,
} from '../compile/recording/recording.js';
import { RecordingError } from '../compile/recording/recording-error.js';
import { type Tensors, recordingNow } from '../compile/recording/recorder.js';
import { callAll } from '../kernels/call.js';
import { kernels } from '../kernels/index.js';
import type { BatchSite } from '../kernels/kernel.js';
import { widened } from './adjoint.js';

/** What stands for a value of one draw, for all draws: a tensor with the draws on axis 0. */
export type Batched = Map<ValueId, Tensor>;

/** A value that no draw reaches, once for each of them. */
const repeated = (x: Tensor, size: number): Tensor =>
  x.dtype === 'float32'
    ? widened(x, [size, ...x.shape])
    : tf.tile(tf.expandDims(x, 0), [size, ...x.shape.map(() => 1)]);

const inputsOf = (node: GraphNode): ReadonlyMap<string, ValueId> =>
  new Map(
    Object.entries(node.inputs).flatMap(([name, id]) =>
      typeof id === 'number' ? [[name, id] as const] : [],
    ),
  );

/** Operands that broadcast from the right keep doing so with the draws to the left of all axes. */
const elementwise = (node: GraphNode, { at, isBatched, inputs, outs, again }: BatchSite) => {
  const rank = outs[0]?.shape.length ?? 0;
  const aligned = (input: string): Tensor => {
    const x = at(input);
    if (!isBatched(input) || x.rank === rank + 1) return x;
    const [draws = 1, ...own] = x.shape;
    const between = Array.from({ length: rank - own.length }, () => 1);
    return tf.reshape(x, [draws, ...between, ...own]);
  };
  return again(Object.fromEntries(inputs.map((input) => [input, aligned(input)])), node.attributes);
};

const batchKernel = (
  r: Recording,
  node: GraphNode,
  batched: Batched,
  size: number,
): readonly Tensor[] => {
  const kernel = kernels.get(node.kernel);
  if (kernel === undefined) {
    throw new RecordingError(
      `the operation ${node.kernel} has no batching rule here; write it in other operations.`,
    );
  }
  const ids = inputsOf(node);
  const idAt = (input: string): ValueId => {
    const id = ids.get(input);
    if (id === undefined) throw new Error(`${node.kernel} has no input '${input}'`);
    return id;
  };
  const at = (input: string): Tensor => batched.get(idAt(input)) ?? tensorOf(r, idAt(input));
  const site: BatchSite = {
    size,
    at,
    isBatched: (input) => batched.has(idAt(input)),
    spread: (input) => (batched.has(idAt(input)) ? at(input) : repeated(at(input), size)),
    value: (input) => valueAt(r, idAt(input)),
    inputs: [...ids.keys()],
    attributes: node.attributes,
    outs: node.outputs.map((id) => valueAt(r, id)),
    again: (inputs, attributes = node.attributes) => callAll(node.kernel, inputs, attributes),
  };
  if (kernel.batch === 'elementwise') return elementwise(node, site);
  const made = kernel.batch(site);
  return made instanceof tf.Tensor ? [made] : made;
};

/** The rule for all draws, from the rule for one, which is written down and batched when it is asked. */
const batchedRule =
  (
    r: Recording,
    { inputs, output, rule }: Extract<Recorded, { readonly _tag: 'own' }>,
    batched: ReadonlyMap<ValueId, Tensor>,
    size: number,
  ): OwnRule =>
  (dy) => {
    const one = newValue(r, valueAt(r, output));
    const all: Batched = new Map([...batched, [one, dy]]);
    const [adjoints, body] = framed(r, () => rule(tensorOf(r, one)).map((x) => idOf(r, x)));
    batchFrame(r, body, all, size);
    return adjoints.map((id, i) => {
      const input = inputs[i] ?? -1;
      const adjoint = all.get(id) ?? repeated(tensorOf(r, id), size);
      // What all draws share is owed what each of them owes it.
      return batched.has(input) ? adjoint : tf.sum(adjoint, 0);
    });
  };

/** Writes a frame of one draw down for all draws; adds to `batched` what stands for its values. */
export function batchFrame(
  r: Recording,
  frame: readonly Recorded[],
  batched: Batched,
  size: number,
): void {
  for (const made of frame) {
    if (made._tag === 'own') {
      const { y, inputs, output } = made;
      if (![y, ...inputs].some((id) => batched.has(id))) {
        topFrame(r).push(made);
        continue;
      }
      const rule = batchedRule(r, made, batched, size);
      const value = batched.get(y) ?? repeated(tensorOf(r, y), size);
      const given = inputs.map((id) => idOf(r, batched.get(id) ?? tensorOf(r, id)));
      batched.set(output, tensorOf(r, recordOwn(r, idOf(r, value), given, rule)));
      continue;
    }
    const { node } = made;
    if (!operands(node).some((id) => batched.has(id))) {
      topFrame(r).push(made);
      continue;
    }
    const outputs = batchKernel(r, node, batched, size);
    node.outputs.forEach((id, i) => {
      const output = outputs[i];
      if (output !== undefined) batched.set(id, output);
    });
  }
}

/**
 * Runs `f` for one of `size` draws and gives what it makes for all of them, draws on axis 0. `f` is given a
 * function that makes one draw's tensor of one that has all, [size, …]; all else that it uses is shared.
 * For use while a function is traced.
 */
export const mapDraws = (
  size: number,
  f: (drawOf: (all: Tensor) => Tensor) => Tensors,
): Tensors => {
  const r = recordingNow();
  const batched: Batched = new Map();
  const drawOf = (all: Tensor): Tensor => {
    const { shape, dtype } = valueAt(r, idOf(r, all));
    const id = newValue(r, { shape: shape.slice(1), dtype });
    batched.set(id, all);
    return tensorOf(r, id);
  };
  const [outputs, body] = framed(r, () =>
    Object.entries(f(drawOf)).map(([name, x]) => [name, idOf(r, x)] as const),
  );
  batchFrame(r, body, batched, size);
  return Object.fromEntries(
    outputs.map(([name, id]) => [name, batched.get(id) ?? repeated(tensorOf(r, id), size)]),
  );
};
