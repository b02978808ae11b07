/** The adjoints of one recorded step: what its inputs owe to what its outputs are owed. */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../dsl/index.js';
import { sameShape } from '../../dsl/tensors/shape.js';
import type { GraphNode, ValueId } from '../graph/graph.js';
import { type Recording, tensorOf, valueAt } from '../compile/recording/recording.js';
import { RecordingError } from '../compile/recording/recording-error.js';
import { kernels } from '../kernels/index.js';
import { type AdjointSite, vjpFor } from '../kernels/kernel.js';

/** x at every place of a shape that it broadcasts to. */
export const widened = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : tf.mul(x, tf.ones([...shape]));

/**
 * An adjoint of y, which broadcasts to y's shape, as one of x, which was broadcast to it: summed over the
 * axes along which x was repeated. Where the adjoint is the same all along such an axis it is multiplied.
 */
export const undone = (adjoint: Tensor, y: Shape, x: Shape): Tensor => {
  if (sameShape(y, x)) return adjoint;
  const padded = (shape: Shape): Shape => [
    ...Array.from({ length: y.length - shape.length }, () => 1),
    ...shape,
  ];
  const [wide, target] = [padded(adjoint.shape), padded(x)];
  const repeated = y.flatMap((n, i) => (n !== 1 && target[i] === 1 ? [i] : []));
  const summed = repeated.filter((i) => wide[i] !== 1);
  const factor = repeated.reduce(
    (product, i) => (wide[i] === 1 ? product * (y[i] ?? 1) : product),
    1,
  );
  const total = summed.length === 0 ? adjoint : tf.sum(tf.reshape(adjoint, [...wide]), summed);
  const left = wide.map((n, i) => (summed.includes(i) ? 1 : n)).slice(y.length - x.length);
  const placed = sameShape(total.shape, left) ? total : tf.reshape(total, left);
  return factor === 1 ? placed : tf.mul(placed, factor);
};

const idsOf = (node: GraphNode): readonly (readonly [string, ValueId])[] =>
  Object.entries(node.inputs).flatMap(([name, id]) =>
    typeof id === 'number' ? [[name, id] as const] : [],
  );

/** The inputs that are wanted, each with what it is owed by this node. */
export const kernelAdjoints = (
  r: Recording,
  node: GraphNode,
  owed: readonly (Tensor | undefined)[],
  wants: (id: ValueId) => boolean,
): readonly (readonly [ValueId, Tensor])[] => {
  const kernel = kernels.get(node.kernel);
  if (kernel === undefined) {
    throw new RecordingError(
      `the operation ${node.kernel} has no derivative here; write it in other operations, or give it a ` +
        'gradient of its own by withGradient(x, forward, backward).',
    );
  }
  const narrow = kernel.batch === 'elementwise';
  const shapeOf = (id: ValueId): Shape => valueAt(r, id).shape;
  const dys = node.outputs.map((id, i): Tensor => {
    const dy = owed[i];
    if (dy === undefined) return tf.zeros([...shapeOf(id)]);
    return narrow ? dy : widened(dy, shapeOf(id));
  });
  const tensors = new Map<ValueId, Tensor>();
  const tensor = (id: ValueId): Tensor => {
    const known = tensors.get(id) ?? tensorOf(r, id);
    tensors.set(id, known);
    return known;
  };
  const ids = idsOf(node);
  const named = new Map(ids);
  const out = (i: number): Tensor => tensor(node.outputs[i] ?? -1);
  const site: AdjointSite = {
    dy: dys[0] ?? tf.scalar(0),
    dys,
    at: (input) => {
      const id = named.get(input);
      if (id === undefined) throw new Error(`${node.kernel} has no input '${input}'`);
      return tensor(id);
    },
    get y() {
      return out(0);
    },
    get outputs() {
      return node.outputs.map(tensor);
    },
    attributes: node.attributes,
    inputs: ids.map(([name]) => name),
  };
  return ids.flatMap(([name, id]) => {
    if (!wants(id)) return [];
    const adjoint = vjpFor(kernel, name)?.(site, name);
    if (adjoint === undefined) return [];
    return [[id, narrow ? undone(adjoint, out(0).shape, shapeOf(id)) : adjoint] as const];
  });
};
