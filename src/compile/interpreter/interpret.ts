/** A planned graph, carried out node by node on tensors. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { entryOf } from '../../../dsl/records/dictionary.js';
import { sameShape, showShape } from '../../../dsl/tensors/shape.js';
import { namedOrListed } from '../../kernels/call.js';
import type { ValueId } from '../../graph/graph.js';
import type { Tensors } from '../recording/recorder.js';
import type { Plan, PlannedConstant } from './plan.js';
import { runKernel } from './run-kernel.js';

/** The tensors of values, as far as there are any now. */
type Held = (Tensor | undefined)[];

const at = (held: Held, id: ValueId): Tensor => {
  const x = held[id];
  if (x === undefined) throw new Error(`expected a value ${id} before it is used`);
  return x;
};

/** A tensor of a constant's numbers, which is the caller's. */
export const constantTensor = ({ values, shape, dtype }: PlannedConstant): Tensor =>
  tf.engine().makeTensor(values, [...shape], dtype);

const givenTo = (plan: Plan, inputs: Tensors): readonly (readonly [ValueId, Tensor])[] =>
  plan.inputs.map(({ name, id, shape, dtype }) => {
    const x = entryOf(inputs, name);
    const expected = `expected the input '${name}' to be ${dtype} ${showShape(shape)}`;
    if (x === undefined) throw new Error(`${expected}, but got none; pass a tensor for it.`);
    if (!sameShape(x.shape, shape) || x.dtype !== dtype) {
      throw new Error(
        `${expected}, but got ${x.dtype} ${showShape(x.shape)}; trace the function again for it.`,
      );
    }
    return [id, x];
  });

const identity = (x: Tensor, run: typeof runKernel): Tensor => {
  const [y] = run(
    { kernel: 'Identity', inputs: { x: 0 }, attributes: {}, outputs: [1] },
    { x },
    { shape: x.shape, dtype: 'float32' },
  );
  if (y === undefined) throw new Error('a kernel made nothing');
  return y;
};

/**
 * Runs a plan on tensors: its outputs, which are the caller's. Nothing else that it makes is left, whether it
 * ends well or not. `known` are the values that there are already, by their numbers in the graph; they stay.
 */
export const interpret = (
  plan: Plan,
  inputs: Tensors,
  known: ReadonlyMap<ValueId, Tensor> = new Map(),
  run = runKernel,
): Tensors => {
  const held: Held = [];
  const made = new Set<Tensor>();
  const own = (x: Tensor): Tensor => {
    made.add(x);
    return x;
  };
  const free = (x: Tensor | undefined): void => {
    if (x !== undefined && made.delete(x)) x.dispose();
  };
  try {
    for (const [id, x] of givenTo(plan, inputs)) held[id] = x;
    for (const [id, x] of known) held[id] = x;
    for (const constant of plan.constants) {
      if (!known.has(constant.id)) held[constant.id] = own(constantTensor(constant));
    }
    for (const { node, taken, first, last } of plan.nodes) {
      const outputs = run(
        node,
        namedOrListed(taken, (id) => at(held, id)),
        first,
      );
      outputs.forEach(own);
      node.outputs.forEach((id, i) => {
        held[id] = outputs[i];
      });
      for (const id of last) {
        free(held[id]);
        held[id] = undefined;
      }
    }
    const outputs = plan.outputs.map(({ name, id, shares }): readonly [string, Tensor] => {
      const x = at(held, id);
      return [name, shares ? own(identity(x, run)) : x];
    });
    for (const [, x] of outputs) made.delete(x);
    return Object.fromEntries(outputs);
  } finally {
    tf.dispose([...made]);
  }
};
