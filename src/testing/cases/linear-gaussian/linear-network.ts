/**
 * Linear-Gaussian networks as data: directed acyclic graphs of normal sites whose means are linear
 * in their parents, some of the sites inside one plate. `network-program.ts` makes a program of one for
 * the engine; here it is one big Gaussian, for linear algebra.
 */
import { type Gaussian, type Matrix, type Vector, multiply, transpose } from './gaussian.js';

/** A normal site: a number, a vector of independent entries, or a vector with full covariance. */
export interface LinearNode {
  readonly name: string;
  readonly form: 'scalar' | 'independent' | 'full';
  readonly inPlate: boolean;
  /** Weights on each parent by name, `[size, size of the parent]`. */
  readonly parents: Readonly<Record<string, Matrix>>;
  /** One offset for each plate element; one outside the plate. Its length is the node's size. */
  readonly offsets: readonly Vector[];
  /** Lower triangular, diagonal unless the form is `full`. */
  readonly scaleTril: Matrix;
  /** One value for each plate element, where the site is observed. */
  readonly observed?: readonly Vector[];
}

/** Nodes after their parents, those outside the plate first. */
export interface LinearNetwork {
  readonly plateSize: number;
  readonly nodes: readonly LinearNode[];
}

/** One number of a network: entry `entry` of the element `element` of a site. */
export interface Coordinate {
  readonly site: string;
  readonly element: number;
  readonly entry: number;
}

/** Every number of a network, in the order of its nodes. */
export const coordinatesOf = ({ nodes }: LinearNetwork): readonly Coordinate[] =>
  nodes.flatMap((node) =>
    node.offsets.flatMap((offset, element) =>
      offset.map((_, entry) => ({ site: node.name, element, entry })),
    ),
  );

/**
 * The law of all coordinates: x = W x + b + L ε, row by row after its parents, as x = m + A ε with
 * covariance A Aᵀ. Observed sites are treated as latent.
 */
export const networkGaussian = (network: LinearNetwork): Gaussian => {
  const coordinates = coordinatesOf(network);
  const size = coordinates.length;
  const indexOf = new Map(
    coordinates.map((c, i) => [`${c.site} ${c.element} ${c.entry}`, i] as const),
  );
  const nodeOf = new Map(network.nodes.map((n) => [n.name, n]));
  const mean: number[] = [];
  const rows: number[][] = [];
  for (const { site, element, entry } of coordinates) {
    const node = nodeOf.get(site);
    if (node === undefined) continue;
    const row = Array.from({ length: size }, () => 0);
    for (const [j, l] of (node.scaleTril[entry] ?? []).entries()) {
      row[indexOf.get(`${site} ${element} ${j}`) ?? 0] = l;
    }
    let centre = node.offsets[element]?.[entry] ?? Number.NaN;
    for (const [parent, weights] of Object.entries(node.parents)) {
      const from = nodeOf.get(parent)?.inPlate === true ? element : 0;
      const terms = (weights[entry] ?? []).map((weight, j) => ({
        weight,
        index: indexOf.get(`${parent} ${from} ${j}`) ?? Number.NaN,
      }));
      for (const { weight, index } of terms) {
        centre += weight * (mean[index] ?? Number.NaN);
        (rows[index] ?? []).forEach((a, k) => {
          row[k] = (row[k] ?? 0) + weight * a;
        });
      }
    }
    mean.push(centre);
    rows.push(row);
  }
  return { mean, covariance: multiply(rows, transpose(rows)) };
};

/** The observed numbers of a network, by the index of their coordinate. */
export const observedValues = (network: LinearNetwork): ReadonlyMap<number, number> => {
  const nodeOf = new Map(network.nodes.map((n) => [n.name, n]));
  return new Map(
    coordinatesOf(network).flatMap((c, i) => {
      const value = nodeOf.get(c.site)?.observed?.[c.element]?.[c.entry];
      return value === undefined ? [] : [[i, value] as const];
    }),
  );
};

/**
 * The same network without its plate: every element is a site of its own, named `site[element]`.
 */
export const unrolled = ({ plateSize, nodes }: LinearNetwork): LinearNetwork => ({
  plateSize: 1,
  nodes: [
    ...nodes.filter((n) => !n.inPlate),
    ...Array.from({ length: plateSize }, (_, element) =>
      nodes
        .filter((n) => n.inPlate)
        .map((n): LinearNode => {
          const { observed, ...rest } = n;
          return {
            ...rest,
            name: elementName(n.name, element),
            inPlate: false,
            parents: Object.fromEntries(
              Object.entries(n.parents).map(([parent, weights]) => [
                nodes.some((p) => p.name === parent && p.inPlate)
                  ? elementName(parent, element)
                  : parent,
                weights,
              ]),
            ),
            offsets: n.offsets.slice(element, element + 1),
            ...(observed && { observed: observed.slice(element, element + 1) }),
          };
        }),
    ).flat(),
  ],
});

/** The name that one element of a plated site has in the unrolled network. */
export const elementName = (site: string, element: number): string => `${site}[${element}]`;
