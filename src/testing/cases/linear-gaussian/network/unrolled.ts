/** A plate as a loop: every element of it becomes sites of their own. */
import {
  type Each,
  type LinearNetwork,
  type LinearNode,
  type Role,
  placesOf,
} from './linear-network.js';

/** The name that one element of a plated site has in the unrolled network. */
export const elementName = (site: string, element: number): string => `${site}[${element}]`;

/** An inner plate that has as many elements in each turn of the loop as this list says. */
export interface Counts {
  readonly plate: string;
  readonly of: readonly number[];
}

const picked = <T>(each: Each<T>, elements: readonly number[]): Each<T> =>
  each.length === 1 ? each : elements.flatMap((e) => each.slice(e, e + 1));

const roleAt = (role: Role, elements: readonly number[]): Role =>
  role.kind === 'latent'
    ? role
    : {
        ...role,
        values: picked(role.values, elements),
        ...(role.kept && { kept: picked(role.kept, elements) }),
      };

/**
 * The same network with a loop over a plate: a site `z` of it becomes `z[0]`, `z[1]`, …. With `counts` an
 * inner plate becomes one plate for each turn of the loop, of the first so many elements.
 */
export const unrolled = (network: LinearNetwork, plate: string, counts?: Counts): LinearNetwork => {
  const size = network.plates.find((p) => p.name === plate)?.size ?? 0;
  const isLooped = (site: string): boolean =>
    network.nodes.some((n) => n.name === site && n.plates.includes(plate));
  const turnOf = (node: LinearNode, turn: number): LinearNode => {
    const elements = placesOf(network, node.plates).flatMap((place, element) => {
      const along = (name: string): number => place[node.plates.indexOf(name)] ?? 0;
      const isIn = counts === undefined || along(counts.plate) < (counts.of[turn] ?? 0);
      return along(plate) === turn && isIn ? [element] : [];
    });
    return {
      ...node,
      name: elementName(node.name, turn),
      plates: node.plates
        .filter((p) => p !== plate)
        .map((p) => (p === counts?.plate ? elementName(p, turn) : p)),
      parents: Object.fromEntries(
        Object.entries(node.parents).map(([parent, weights]) => [
          isLooped(parent) ? elementName(parent, turn) : parent,
          picked(weights, elements),
        ]),
      ),
      offsets: picked(node.offsets, elements),
      scaleTrils: picked(node.scaleTrils, elements),
      role: roleAt(node.role, elements),
    };
  };
  const turns = Array.from({ length: size }, (_, turn) => turn);
  return {
    plates: network.plates
      .filter((p) => p.name !== plate)
      .flatMap((p) =>
        p.name === counts?.plate
          ? turns.map((turn) => ({
              ...p,
              name: elementName(p.name, turn),
              size: counts.of[turn] ?? 0,
            }))
          : [p],
      ),
    nodes: [
      ...network.nodes.filter((n) => !n.plates.includes(plate)),
      ...turns.flatMap((turn) =>
        network.nodes.filter((n) => n.plates.includes(plate)).map((n) => turnOf(n, turn)),
      ),
    ],
  };
};
