/** The posterior of a network as a network, which a program can be made of. */
import { type ExactPosterior, exactPosterior } from './exact-inference.js';
import { type Matrix, choleskyFactor, regress } from './gaussian.js';
import {
  type LinearNetwork,
  type LinearNode,
  countOf,
  elementsWithin,
  isWithin,
  sizeOfNode,
} from '../network/linear-network.js';
import { networkGaussian } from '../network/network-gaussian.js';

/** How far the law of a posterior's network may be from the posterior's, relative. */
const TOLERANCE = 1e-6;

/** Columns `from`, …, `to` − 1. */
const columns = (matrix: Matrix, from: number, to: number): Matrix =>
  matrix.map((row) => row.slice(from, to));

/**
 * The posterior as a network over the latent sites, in `order`: each is regressed on those before it whose
 * plates are some of its own, element by element.
 *
 * That is the posterior where elements of a plate are independent given what lies outside it: sites of
 * fewer plates must come first, and where plates cross, the latent sites that one observation joins lie in
 * a chain of plates. Otherwise, a `RangeError`.
 */
export const posteriorNetwork = (
  network: LinearNetwork,
  order: readonly string[],
  { posterior, latents }: ExactPosterior = exactPosterior(network),
): LinearNetwork => {
  const nodes = order.flatMap((name) => network.nodes.filter((n) => n.name === name));
  const at = (node: LinearNode, element: number): readonly number[] =>
    latents.flatMap((c, i) => (c.site === node.name && c.element === element ? [i] : []));
  const regressed = nodes.map((node, i): LinearNode => {
    const before = nodes.slice(0, i).filter((n) => isWithin(n.plates, node.plates));
    const within = before.map((n) => elementsWithin(network, node.plates, n.plates));
    const laws = Array.from({ length: countOf(network, node.plates) }, (_, element) =>
      regress(
        posterior,
        at(node, element),
        before.flatMap((n, k) => at(n, within[k]?.[element] ?? Number.NaN)),
      ),
    );
    const ends = before.map((_, k) =>
      before.slice(0, k + 1).reduce((sum, n) => sum + sizeOfNode(n), 0),
    );
    const parents = before.map((parent, k): readonly [string, readonly Matrix[]] => {
      const end = ends[k] ?? 0;
      return [parent.name, laws.map((l) => columns(l.weights, end - sizeOfNode(parent), end))];
    });
    return {
      name: node.name,
      form: node.form === 'scalar' ? 'scalar' : 'full',
      plates: node.plates,
      parents: Object.fromEntries(parents),
      offsets: laws.map((law) => law.offset),
      scaleTrils: laws.map((law) => choleskyFactor(law.covariance)),
      role: { kind: 'latent' },
    };
  });
  const made: LinearNetwork = { plates: network.plates, nodes: regressed };
  assertPosterior(made, nodes, at, posterior.covariance);
  return made;
};

/** Throws where plates have elements that the posterior makes dependent. */
const assertPosterior = (
  made: LinearNetwork,
  nodes: readonly LinearNode[],
  at: (node: LinearNode, element: number) => readonly number[],
  covariance: Matrix,
): void => {
  const place = nodes.flatMap((n) =>
    Array.from({ length: countOf(made, n.plates) }, (_, element) => at(n, element)).flat(),
  );
  networkGaussian(made).covariance.forEach((row, i) =>
    row.forEach((c, j) => {
      const [a, b] = [place[i] ?? Number.NaN, place[j] ?? Number.NaN];
      const variance = (k: number): number => covariance[k]?.[k] ?? Number.NaN;
      const exact = covariance[a]?.[b] ?? Number.NaN;
      if (Math.abs(c - exact) <= TOLERANCE * Math.sqrt(variance(a) * variance(b))) return;
      throw new RangeError(
        'posteriorNetwork: expected elements of a plate to be independent given what lies outside it, ' +
          `but a covariance of the posterior is ${exact} where that gives ${c}; name sites of fewer ` +
          'plates first, and observe the sites of one of two plates that cross.',
      );
    }),
  );
};
