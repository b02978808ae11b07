/** Networks whose latent numbers depend on each other as much as is asked for. */
import { mapped } from '../../../../../dsl/records/dictionary.js';
import { short } from './dice.js';
import { posteriorCovariance } from '../exact/exact-inference.js';
import { type Matrix, largestCorrelation } from '../exact/gaussian.js';
import { networkGaussian } from '../network/network-gaussian.js';
import { whereReached } from './line-search.js';
import {
  type Each,
  type LinearNetwork,
  type LinearNode,
  countOf,
  eachAt,
  isWithin,
  latentNodes,
  sizeOfNode,
} from '../network/linear-network.js';

/** How small the noise of the site that is tied to another may become, of what it was. */
const SMALLEST = 1 / 32;

/** The largest sharpness that a tie may lead to. */
export const SHARPEST = 128;

/** How much of the way goes to cutting sites apart, and how much to tying two together. */
const [APART, AS_IT_IS, TIED] = [0, 1, 2];

/** A site and the one that its first entry is tied to; its own first entry where that is left out. */
interface Tie {
  readonly site: string;
  readonly to?: string;
}

/** The last site that can be tied to a latent number before it. */
const tieOf = (network: LinearNetwork): Tie | undefined => {
  const latent = latentNodes(network);
  const ties = latent.flatMap((node, i): readonly Tie[] => {
    const [to] = latent
      .slice(0, i)
      .filter((n) => isWithin(n.plates, node.plates))
      .slice(-1);
    if (to !== undefined) return [{ site: node.name, to: to.name }];
    return sizeOfNode(node) > 1 ? [{ site: node.name }] : [];
  });
  return ties[ties.length - 1];
};

const mapEntries = <A>(
  each: Each<readonly (readonly A[])[]>,
  f: (x: A, row: number, column: number) => A,
): Each<readonly (readonly A[])[]> =>
  each.map((matrix) => matrix.map((row, i) => row.map((x, j) => f(x, i, j))));

/** The site with its tie in place: a weight of at least a half on what it is tied to. */
const tied = (network: LinearNetwork, node: LinearNode, { to }: Tie): LinearNode => {
  const atLeast = (w: number): number => (Math.abs(w) >= 0.5 ? w : w < 0 ? -0.5 : 0.5);
  if (to === undefined) {
    return {
      ...node,
      form: 'full',
      scaleTrils: mapEntries(node.scaleTrils, (l, i, j) => (i === 1 && j === 0 ? atLeast(l) : l)),
    };
  }
  const width = network.nodes.find((n) => n.name === to);
  const none: Each<Matrix> = [
    node.offsets[0]?.map(() => Array.from({ length: width ? sizeOfNode(width) : 1 }, () => 0)) ??
      [],
  ];
  return {
    ...node,
    parents: {
      ...node.parents,
      [to]: mapEntries(node.parents[to] ?? none, (w, i, j) =>
        i === 0 && j === 0 ? atLeast(w) : w,
      ),
    },
  };
};

/** The tied entry with so much of its own noise, and of what else it is given. */
const sharpened = (node: LinearNode, { to }: Tie, factor: number): LinearNode => {
  const scaled = (x: number): number => (x === 0 ? 0 : short(x * factor));
  if (to === undefined) {
    return {
      ...node,
      scaleTrils: mapEntries(node.scaleTrils, (l, i, j) => (i === 1 && j === 1 ? scaled(l) : l)),
    };
  }
  return {
    ...node,
    parents: mapped(node.parents, (weights, name) =>
      mapEntries(weights, (w, i, j) => (i === 0 && !(name === to && j === 0) ? scaled(w) : w)),
    ),
    scaleTrils: mapEntries(node.scaleTrils, (l, i) => (i === 0 ? scaled(l) : l)),
  };
};

/** The site with so much of its weights, and of what ties its entries to each other. */
const loosened = (node: LinearNode, factor: number): LinearNode => {
  const scaled = (x: number): number => (x === 0 ? 0 : short(x * factor));
  return {
    ...node,
    parents: mapped(node.parents, (weights) => mapEntries(weights, scaled)),
    scaleTrils: mapEntries(node.scaleTrils, (l, i, j) => (i === j ? l : scaled(l))),
  };
};

const along = (network: LinearNetwork, tie: Tie, way: number): LinearNetwork => ({
  ...network,
  nodes: network.nodes.map((node) =>
    way <= AS_IT_IS
      ? loosened(node, way)
      : node.name === tie.site
        ? sharpened(node, tie, SMALLEST ** (way - AS_IT_IS))
        : node,
  ),
});

/**
 * How many of its scales a number of the network may lie from 0, at most: the largest |mean| + 2 sd of a
 * number over its site's scale. Float32 rounds a density's standardised value by 2⁻²⁴ of that, or so.
 */
export const sharpness = (network: LinearNetwork): number => {
  const { mean, covariance } = networkGaussian(network);
  const scales = network.nodes.flatMap((node) =>
    Array.from({ length: countOf(network, node.plates) }, (_, e) =>
      (eachAt(node.scaleTrils, e) ?? []).map((row, i) => row[i] ?? Number.NaN),
    ).flat(),
  );
  return scales.reduce((most, scale, i) => {
    const reach = Math.abs(mean[i] ?? Number.NaN) + 2 * Math.sqrt(covariance[i]?.[i] ?? Number.NaN);
    return Math.max(most, reach / scale);
  }, 0);
};

/**
 * The network with a largest correlation of `target` under the posterior: all sites less given to each
 * other where it was more, one tied more closely to another where it was less. That one's noise is divided
 * by 32 at most, and no further than to a sharpness of 128, so that a float32 density is right to 1e-4 nats
 * at three scales from its mean: there the correlation may be smaller than asked.
 */
export const coupled = (network: LinearNetwork, target: number): LinearNetwork => {
  const tie = tieOf(network);
  if (tie === undefined) return network;
  const able = {
    ...network,
    nodes: network.nodes.map((n) => (n.name === tie.site ? tied(network, n, tie) : n)),
  };
  const correlation = (way: number): number =>
    largestCorrelation(posteriorCovariance(along(able, tie, way)));
  const isLess = correlation(AS_IT_IS) < target;
  const furthest = (): number =>
    whereReached((way) => sharpness(along(able, tie, way)), SHARPEST, AS_IT_IS, TIED, 1);
  const [low, high] = isLess ? [AS_IT_IS, furthest()] : [APART, AS_IT_IS];
  return along(able, tie, whereReached(correlation, target, low, high, 2e-3));
};
