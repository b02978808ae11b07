/**
 * Linear-Gaussian networks as data: directed acyclic graphs of normal sites whose means are linear
 * in their parents. A site lies in a set of plates, and what it is given lies in some of the same:
 * nested, crossed and disjoint plates are all sets. `network-program.ts` makes a program of one for the
 * engine; `network-gaussian.ts` unrolls it into one Gaussian, for linear algebra.
 */
import type { Matrix, Vector } from '../exact/gaussian.js';

/** A plate of a network. */
export interface NetworkPlate {
  readonly name: string;
  readonly size: number;
  /** The batch axis that it asks for, −1, −2, … in the order of the network's plates; needed where plates cross. */
  readonly axis?: number;
}

/** One for each element of a site's plates, or one for all. */
export type Each<T> = readonly T[];

/** What becomes of a site; values are one for each element. */
export type Role =
  | { readonly kind: 'latent' }
  | {
      readonly kind: 'observed';
      readonly values: Each<Vector>;
      /** Whether each element counts; all where left out. Nothing is given a site that is masked. */
      readonly kept?: Each<boolean>;
    }
  /** The density of `values` without its constant, exp(−½ |L⁻¹(v − mean)|²): a factor. */
  | { readonly kind: 'factor'; readonly values: Each<Vector>; readonly kept?: Each<boolean> };

/** A part of a site's law that is a `param` site of the program; scales only of forms that are not full. */
export type Part = 'offset' | 'weights' | 'scale';

/** A normal site: a number, a vector of independent entries, or a vector with full covariance. */
export interface LinearNode {
  readonly name: string;
  readonly form: 'scalar' | 'independent' | 'full';
  /** Its plates by name, in the order of the network's. */
  readonly plates: readonly string[];
  /** Weights on each parent by name, `[size, size of the parent]`; its plates are some of the site's. */
  readonly parents: Readonly<Record<string, Each<Matrix>>>;
  /** As many numbers as the site has entries. */
  readonly offsets: Each<Vector>;
  /** Lower triangular, diagonal unless the form is `full`. */
  readonly scaleTrils: Each<Matrix>;
  readonly role: Role;
  /** What is learned; nothing where left out. */
  readonly learned?: readonly Part[];
}

/** Nodes after their parents. */
export interface LinearNetwork {
  /** Outermost first. */
  readonly plates: readonly NetworkPlate[];
  readonly nodes: readonly LinearNode[];
}

/** One number of a network: entry `entry` of the element `element` of a site. */
export interface Coordinate {
  readonly site: string;
  /** Elements count along the first plate first, which is the engine's order. */
  readonly element: number;
  readonly entry: number;
}

/** What an element has, of a list with one for each or one for all. */
export const eachAt = <T>(each: Each<T>, element: number): T | undefined =>
  each.length === 1 ? each[0] : each[element];

/** How many entries a site has. */
export const sizeOfNode = ({ offsets }: LinearNode): number => offsets[0]?.length ?? 0;

export const plateSizes = (
  { plates }: LinearNetwork,
  names: readonly string[],
): readonly number[] => names.map((name) => plates.find((p) => p.name === name)?.size ?? 1);

/** How many elements sites in these plates have. */
export const countOf = (network: LinearNetwork, plates: readonly string[]): number =>
  plateSizes(network, plates).reduce((product, n) => product * n, 1);

/** The place of each element along each plate: the first plate counts first. */
export const placesOf = (
  network: LinearNetwork,
  plates: readonly string[],
): readonly (readonly number[])[] => {
  const sizes = plateSizes(network, plates);
  const strides = sizes.map((_, i) => sizes.slice(0, i).reduce((product, n) => product * n, 1));
  return Array.from({ length: countOf(network, plates) }, (_, element) =>
    sizes.map((n, i) => Math.floor(element / (strides[i] ?? 1)) % n),
  );
};

/** For each element in the plates `inner`, the one that it lies in of `outer`, which are some of them. */
export const elementsWithin = (
  network: LinearNetwork,
  inner: readonly string[],
  outer: readonly string[],
): readonly number[] => {
  const sizes = plateSizes(network, outer);
  const from = outer.map((name) => inner.indexOf(name));
  return placesOf(network, inner).map((place) =>
    from.reduceRight((element, i, k) => element * (sizes[k] ?? 1) + (place[i] ?? Number.NaN), 0),
  );
};

/** The numbers of a site, element by element. */
const coordinatesOfNode = (network: LinearNetwork, node: LinearNode): readonly Coordinate[] =>
  Array.from({ length: countOf(network, node.plates) }, (_, element) =>
    Array.from({ length: sizeOfNode(node) }, (__, entry) => ({ site: node.name, element, entry })),
  ).flat();

/** Every number of a network, in the order of its nodes. */
export const coordinatesOf = (network: LinearNetwork): readonly Coordinate[] =>
  network.nodes.flatMap((node) => coordinatesOfNode(network, node));

export const latentNodes = ({ nodes }: LinearNetwork): readonly LinearNode[] =>
  nodes.filter((n) => n.role.kind === 'latent');

/** Whether all plates of `inner` are plates of `outer`. */
export const isWithin = (inner: readonly string[], outer: readonly string[]): boolean =>
  inner.every((name) => outer.includes(name));
