/** A linear-Gaussian network as a program. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Program,
  type Tensor,
  asTensor,
  factor,
  linearAlgebra,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
} from '../../../../../dsl/index.js';
import { independent, mask } from '../../../../../dsl/combinators/index.js';
import { multivariateNormal, normal } from '../../../../../dsl/distributions/index.js';
import type { ArrayOf, Real } from '../../../../../dsl/supports/index.js';
import {
  type Each,
  type LinearNetwork,
  type LinearNode,
  type Part,
  countOf,
  sizeOfNode,
} from './linear-network.js';

/** A program over the sites of a network, which returns their values by name. */
export type NetworkProgram = Program<unknown, Readonly<Record<string, Tensor>>>;

/** What a network's program is told beside the network. */
export interface NetworkProgramOptions {
  /** What its parameters' names begin with: model and guide have parameters of their own. */
  readonly of?: string;
  /** The rows that it visits of one plate, `[count]` int32; all where left out. */
  readonly rows?: { readonly plate: string; readonly indices: Tensor };
}

/** The batch axis of each plate of a site. */
const axesOf = (network: LinearNetwork, { plates }: LinearNode): readonly number[] =>
  plates.map((name, i) => network.plates.find((p) => p.name === name)?.axis ?? -1 - i);

/** Numbers by element, or one for all, as tensors. */
interface Placed {
  /** Of all elements: `[...plates, ...own]`, or `own` where there is one for all. */
  readonly whole: (each: Each<unknown>, flat: readonly number[], own: readonly number[]) => Tensor;
  /** Those of the rows that are visited. */
  readonly visited: (whole: Tensor, own: number) => Tensor;
}

const placedIn = (
  network: LinearNetwork,
  node: LinearNode,
  { rows }: NetworkProgramOptions,
): Placed => {
  const axes = axesOf(network, node);
  const depth = Math.max(0, ...axes.map((axis) => -axis));
  const batch = Array.from({ length: depth }, (_, i) => {
    const name = node.plates[axes.indexOf(i - depth)];
    return network.plates.find((p) => p.name === name)?.size ?? 1;
  });
  const isOneForAll = (each: Each<unknown>): boolean =>
    each.length === 1 && countOf(network, node.plates) > 1;
  const along = rows === undefined ? -1 : node.plates.indexOf(rows.plate);
  return {
    whole: (each, flat, own) =>
      tf.tensor([...flat], isOneForAll(each) ? [...own] : [...batch, ...own]),
    visited: (whole, own) =>
      rows === undefined || along < 0 || whole.rank === own
        ? whole
        : tf.gather(whole, rows.indices, depth + (axes[along] ?? Number.NaN)),
  };
};

/** The name of a parameter: `weights of x on z`, after what the program is `of`. */
export const parameterName = (
  { of = 'model' }: NetworkProgramOptions,
  part: Part,
  node: string,
  parent?: string,
): string => `${of}: ${part} of ${node}${parent === undefined ? '' : ` on ${parent}`}`;

const distributionOf = (
  network: LinearNetwork,
  node: LinearNode,
  values: ReadonlyMap<string, Tensor>,
  options: NetworkProgramOptions,
): Program<unknown, { readonly mean: Tensor; readonly scale: Tensor }> =>
  program(function* () {
    const { form, learned = [] } = node;
    const size = sizeOfNode(node);
    const { whole, visited } = placedIn(network, node, options);
    const part = (which: Part, all: Tensor, own: number, parent?: string) =>
      program(function* () {
        if (!learned.includes(which) || (which === 'scale' && form === 'full')) {
          return visited(all, own);
        }
        const support = which === 'scale' ? { support: positive } : {};
        const name = parameterName(options, which, node.name, parent);
        return visited(yield* shared(param(name, all, support)), own);
      });
    let mean = yield* part('offset', whole(node.offsets, node.offsets.flat(), [size]), 1);
    for (const [parent, weights] of Object.entries(node.parents)) {
      const from = network.nodes.find((n) => n.name === parent);
      const shape = [size, from === undefined ? 1 : sizeOfNode(from)];
      const all = whole(weights, weights.flat(2), shape);
      const value = asTensor(values.get(parent) ?? Number.NaN);
      const vector = from?.form === 'scalar' ? tf.expandDims(value, -1) : value;
      const matrix = yield* part('weights', all, 2, parent);
      mean = tf.add(mean, linearAlgebra.matVec(matrix, vector));
    }
    const diagonals = node.scaleTrils.map((l) => l.map((row, i) => row[i] ?? Number.NaN));
    const scale = yield* form === 'full'
      ? part('scale', whole(node.scaleTrils, node.scaleTrils.flat(2), [size, size]), 2)
      : part('scale', whole(node.scaleTrils, diagonals.flat(), [size]), 1);
    return form === 'scalar'
      ? { mean: tf.squeeze(mean, [-1]), scale: tf.squeeze(scale, [-1]) }
      : { mean, scale };
  });

const lawOf = (
  { form }: LinearNode,
  mean: Tensor,
  scale: Tensor,
): Distribution<Real | ArrayOf<Real>, 'pathwise'> => {
  switch (form) {
    case 'scalar':
      return normal(mean, scale);
    case 'independent':
      return independent(normal(mean, scale));
    case 'full':
      return multivariateNormal(mean, { scaleTril: scale });
  }
};

const visit = (
  network: LinearNetwork,
  node: LinearNode,
  values: ReadonlyMap<string, Tensor>,
  options: NetworkProgramOptions,
): Program<unknown, Tensor> =>
  program(function* () {
    const { role } = node;
    const { mean, scale } = yield* distributionOf(network, node, values, options);
    if (role.kind === 'latent') return yield* sample(node.name, lawOf(node, mean, scale));
    const { whole, visited } = placedIn(network, node, options);
    const own = node.form === 'scalar' ? [] : [sizeOfNode(node)];
    const value = visited(whole(role.values, role.values.flat(), own), own.length);
    const kept = role.kept && visited(whole(role.kept, role.kept.map(Number), []), 0);
    if (role.kind === 'observed') {
      const law = lawOf(node, mean, scale);
      return yield* observe(node.name, kept ? mask(law, kept) : law, value);
    }
    const square = tf.square(tf.div(tf.sub(value, mean), scale));
    const logFactor = tf.mul(-0.5, own.length === 0 ? square : tf.sum(square, -1));
    return yield* factor(node.name, kept ? tf.mul(logFactor, kept) : logFactor);
  });

/** Runs of nodes that lie in the same plate at this depth, in their order. */
const runsOf = (
  nodes: readonly LinearNode[],
  depth: number,
): readonly { readonly plate: string | undefined; readonly nodes: readonly LinearNode[] }[] =>
  nodes.reduce<ReturnType<typeof runsOf>>((runs, node) => {
    const last = runs[runs.length - 1];
    const name = node.plates[depth];
    return last !== undefined && last.plate === name
      ? [...runs.slice(0, -1), { plate: name, nodes: [...last.nodes, node] }]
      : [...runs, { plate: name, nodes: [node] }];
  }, []);

/**
 * The network as a program: its sites in their order, neighbours in one plate visited together. Returns the
 * values by site name.
 */
export const networkProgram = (
  network: LinearNetwork,
  options: NetworkProgramOptions = {},
): NetworkProgram =>
  program(function* () {
    const { rows } = options;
    const values = new Map<string, Tensor>();
    const visitAll = (nodes: readonly LinearNode[], depth: number): Program<unknown, void> =>
      program(function* () {
        for (const { plate: name, nodes: run } of runsOf(nodes, depth)) {
          if (name === undefined) {
            for (const node of run) {
              values.set(node.name, yield* visit(network, node, values, options));
            }
            continue;
          }
          const found = network.plates.find((p) => p.name === name);
          const layout = {
            size: found?.size ?? Number.NaN,
            ...(found?.axis !== undefined && { axis: found.axis }),
            ...(rows?.plate === name && { indices: rows.indices }),
          };
          yield* plate(name, layout, visitAll(run, depth + 1));
        }
      });
    yield* visitAll(network.nodes, 0);
    return Object.fromEntries(values);
  });
