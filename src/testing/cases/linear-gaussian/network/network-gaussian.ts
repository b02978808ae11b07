/** A linear-Gaussian network unrolled into one Gaussian of all its numbers. */
import {
  type Gaussian,
  type Matrix,
  type Vector,
  apply,
  squareOfLower,
} from '../exact/gaussian.js';
import {
  type LinearNetwork,
  type LinearNode,
  countOf,
  eachAt,
  elementsWithin,
  sizeOfNode,
} from './linear-network.js';

/** Where the numbers of each site begin, by name; element after element from there. */
export const startsOf = (network: LinearNetwork): ReadonlyMap<string, number> => {
  const starts = new Map<string, number>();
  let start = 0;
  for (const node of network.nodes) {
    starts.set(node.name, start);
    start += countOf(network, node.plates) * sizeOfNode(node);
  }
  return starts;
};

/** What one row of a site is: weights on earlier numbers by index, an offset, and its noise. */
interface Row {
  readonly terms: readonly (readonly [number, number])[];
  readonly offset: number;
  /** Standard normals by index with their scales. */
  readonly noise: readonly (readonly [number, number])[];
}

const entriesOf = (matrix: Matrix | undefined, entry: number, start: number) =>
  (matrix?.[entry] ?? []).map((w, j) => [start + j, w] as const);

const rowsOfNode = (
  network: LinearNetwork,
  node: LinearNode,
  starts: ReadonlyMap<string, number>,
): readonly Row[] => {
  const size = sizeOfNode(node);
  const start = starts.get(node.name) ?? 0;
  const parents = Object.entries(node.parents).flatMap(([name, weights]) => {
    const parent = network.nodes.find((n) => n.name === name);
    if (parent === undefined) return [];
    const elements = elementsWithin(network, node.plates, parent.plates);
    return [{ weights, elements, width: sizeOfNode(parent), from: starts.get(name) ?? 0 }];
  });
  return Array.from({ length: countOf(network, node.plates) }, (_, element) =>
    Array.from({ length: size }, (__, entry): Row => ({
      terms: parents.flatMap(({ weights, elements, width, from }) =>
        entriesOf(
          eachAt(weights, element),
          entry,
          from + (elements[element] ?? Number.NaN) * width,
        ),
      ),
      offset: eachAt(node.offsets, element)?.[entry] ?? Number.NaN,
      noise: entriesOf(eachAt(node.scaleTrils, element), entry, start + element * size),
    })),
  ).flat();
};

/** All numbers of a network where its standard normals are known: x = m + A ε with a lower-triangular A. */
interface Unrolled {
  readonly mean: Vector;
  /** Without the zeros at the ends of its rows. */
  readonly noise: Matrix;
}

const unrolledOf = (network: LinearNetwork): Unrolled => {
  const starts = startsOf(network);
  const rows = network.nodes.flatMap((node) => rowsOfNode(network, node, starts));
  const mean: number[] = [];
  const noise: number[][] = [];
  for (const [i, row] of rows.entries()) {
    const scales = Array.from({ length: i + 1 }, () => 0);
    for (const [j, scale] of row.noise) if (j <= i) scales[j] = scale;
    let centre = row.offset;
    for (const [index, weight] of row.terms) {
      centre += weight * (mean[index] ?? Number.NaN);
      (noise[index] ?? []).forEach((a, k) => {
        scales[k] = (scales[k] ?? 0) + weight * a;
      });
    }
    mean.push(centre);
    noise.push(scales);
  }
  return { mean, noise };
};

/**
 * The law of all numbers, N(m, A Aᵀ). Sites that are observed, and factors, are treated as if they were
 * latent.
 */
export const networkGaussian = (network: LinearNetwork): Gaussian => {
  const { mean, noise } = unrolledOf(network);
  return { mean, covariance: squareOfLower(noise) };
};

/** All numbers of a network at a draw of its noise, which is asked for so many numbers. */
export const networkAt = (network: LinearNetwork, draw: (count: number) => Vector): Vector => {
  const { mean, noise } = unrolledOf(network);
  const shift = apply(noise, draw(mean.length));
  return mean.map((m, i) => m + (shift[i] ?? Number.NaN));
};

/** The elements of a site that count: all of it, or those that are not masked. */
const countedElements = (network: LinearNetwork, { plates, role }: LinearNode): readonly number[] =>
  Array.from({ length: countOf(network, plates) }, (_, element) => element).filter(
    (e) => role.kind === 'latent' || role.kept === undefined || eachAt(role.kept, e) === true,
  );

const indicesOf = (
  network: LinearNetwork,
  holds: (node: LinearNode) => boolean,
): readonly number[] => {
  const starts = startsOf(network);
  return network.nodes.filter(holds).flatMap((node) => {
    const [size, start] = [sizeOfNode(node), starts.get(node.name) ?? 0];
    return countedElements(network, node).flatMap((e) =>
      Array.from({ length: size }, (_, entry) => start + e * size + entry),
    );
  });
};

/** The indices of the latent numbers. */
export const latentIndices = (network: LinearNetwork): readonly number[] =>
  indicesOf(network, (n) => n.role.kind === 'latent');

/** The indices of the numbers that are observed or in factors, and count. */
export const observedIndices = (network: LinearNetwork): readonly number[] =>
  indicesOf(network, (n) => n.role.kind !== 'latent');

/** The values at `observedIndices`. */
export const observedValues = (network: LinearNetwork): Vector =>
  network.nodes.flatMap((node) => {
    const { role } = node;
    return role.kind === 'latent'
      ? []
      : countedElements(network, node).flatMap((e) => eachAt(role.values, e) ?? []);
  });

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** What factors lack of a density, Σ (½ log 2π + log s) over what counts of them, in nats. */
export const factorConstant = (network: LinearNetwork): number =>
  network.nodes
    .filter((n) => n.role.kind === 'factor')
    .flatMap((n) => countedElements(network, n).map((e) => eachAt(n.scaleTrils, e) ?? []))
    .flatMap((scales) => scales.map((row, i) => row[i] ?? Number.NaN))
    .reduce((sum, scale) => sum + HALF_LOG_TWO_PI + Math.log(scale), 0);
