/** A linear-Gaussian network as a program. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Latent,
  type Observed,
  type Program,
  type Tensor,
  asTensor,
  independent,
  linearAlgebra,
  multivariateNormal,
  normal,
  observe,
  plate,
  program,
  sample,
} from '../../../../dsl/index.js';
import type { ArrayOf, Real } from '../../../../dsl/support.js';
import type { Vector } from './gaussian.js';
import type { LinearNetwork, LinearNode } from './linear-network.js';

/** The plate of a network's program. */
export const PLATE = 'data';

/** What a network's program visits: names are computed. */
export type NetworkSite =
  | Latent<string, Real | ArrayOf<Real>, 'pathwise'>
  | Latent<string, Real | ArrayOf<Real>, 'pathwise', typeof PLATE>
  | Observed;

const stack = (rows: readonly Vector[]): Tensor =>
  tf.tensor2d(
    rows.map((r) => [...r]),
    [rows.length, rows[0]?.length ?? 0],
  );

/** Values as a site has them: without the plate axis outside the plate, a number for a scalar. */
const shaped = (node: LinearNode, rows: readonly Vector[]): Tensor => {
  const all = stack(rows);
  const placed = node.inPlate ? all : tf.squeeze(all, [0]);
  return node.form === 'scalar' ? tf.squeeze(placed, [-1]) : placed;
};

const distributionOf = (
  node: LinearNode,
  values: ReadonlyMap<string, Tensor>,
  isScalar: (site: string) => boolean,
): Distribution<Real | ArrayOf<Real>, 'pathwise'> => {
  const offset = node.inPlate ? stack(node.offsets) : tf.squeeze(stack(node.offsets), [0]);
  const mean = Object.entries(node.parents).reduce<Tensor>((sum, [parent, weights]) => {
    const value = asTensor(values.get(parent) ?? Number.NaN);
    const vector = isScalar(parent) ? tf.expandDims(value, -1) : value;
    return tf.add(sum, linearAlgebra.matVec(stack(weights), vector));
  }, offset);
  const scale = node.scaleTril.map((row, i) => row[i] ?? Number.NaN);
  switch (node.form) {
    case 'scalar':
      return normal(tf.squeeze(mean, [-1]), scale[0] ?? Number.NaN);
    case 'independent':
      return independent(normal(mean, scale));
    case 'full':
      return multivariateNormal(mean, { scaleTril: node.scaleTril });
  }
};

/**
 * The network as a program: sites outside the plate first, then those inside. Returns the values by
 * site name.
 */
export const networkProgram = ({
  plateSize,
  nodes,
}: LinearNetwork): Program<NetworkSite, Readonly<Record<string, Tensor>>> =>
  program(function* () {
    const values = new Map<string, Tensor>();
    const isScalar = (site: string): boolean =>
      nodes.some((n) => n.name === site && n.form === 'scalar');
    const visit = (node: LinearNode): Program<NetworkSite, Tensor> =>
      program(function* () {
        const law = distributionOf(node, values, isScalar);
        return node.observed === undefined
          ? yield* sample(node.name, law)
          : yield* observe(node.name, law, shaped(node, node.observed));
      });
    const visitAll = (some: readonly LinearNode[]): Program<NetworkSite, void> =>
      program(function* () {
        for (const node of some) values.set(node.name, yield* visit(node));
      });
    yield* visitAll(nodes.filter((n) => !n.inPlate));
    const inside = nodes.filter((n) => n.inPlate);
    if (inside.length > 0) yield* plate(PLATE, plateSize, visitAll(inside));
    return Object.fromEntries(values);
  });
