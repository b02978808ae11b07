/** Exact inference in linear-Gaussian networks, by dense linear algebra in double precision. */
import {
  type Gaussian,
  type Matrix,
  choleskyFactor,
  entropy,
  expectedLogDensity,
  given,
  logDensity,
  marginal,
  regress,
} from './gaussian.js';
import {
  type Coordinate,
  type LinearNetwork,
  type LinearNode,
  coordinatesOf,
  networkGaussian,
  observedValues,
} from './linear-network.js';

/** What is known of a network given its observed sites. */
export interface ExactPosterior {
  /** log p(observed), nats; 0 where nothing is observed. */
  readonly logEvidence: number;
  /** The latent numbers, in the order of the posterior's. */
  readonly latents: readonly Coordinate[];
  readonly posterior: Gaussian;
}

const indicesWhere = <T>(xs: readonly T[], test: (x: T, i: number) => boolean): readonly number[] =>
  xs.flatMap((x, i) => (test(x, i) ? [i] : []));

/** The posterior of a network's latent numbers and its log evidence. */
export const exactPosterior = (network: LinearNetwork): ExactPosterior => {
  const joint = networkGaussian(network);
  const coordinates = coordinatesOf(network);
  const observed = observedValues(network);
  const seen = [...observed.keys()];
  const values = [...observed.values()];
  const hidden = indicesWhere(coordinates, (_, i) => !observed.has(i));
  return {
    latents: coordinates.filter((_, i) => !observed.has(i)),
    posterior: given(joint, hidden, seen, values),
    logEvidence: seen.length === 0 ? 0 : logDensity(marginal(joint, seen), values),
  };
};

/** E_q[log p(x, z) − log q(z)] for a network q over the latent sites of the network p, in nats. */
export const exactElbo = (model: LinearNetwork, guide: LinearNetwork): number => {
  const q = networkGaussian(guide);
  const place = new Map(
    coordinatesOf(guide).map((c, i) => [`${c.site} ${c.element} ${c.entry}`, i] as const),
  );
  const observed = observedValues(model);
  const from = coordinatesOf(model).map((c) => place.get(`${c.site} ${c.element} ${c.entry}`));
  const known = from.map((j, i) => (j === undefined ? (observed.get(i) ?? Number.NaN) : undefined));
  const filled: Gaussian = {
    mean: from.map((j, i) => known[i] ?? q.mean[j ?? 0] ?? Number.NaN),
    covariance: from.map((i) =>
      from.map((j) =>
        i === undefined || j === undefined ? 0 : (q.covariance[i]?.[j] ?? Number.NaN),
      ),
    ),
  };
  return expectedLogDensity(filled, networkGaussian(model)) + entropy(q);
};

/**
 * The posterior as a network: each latent site is regressed on those before it in `order`, which
 * names the sites outside the plate first. Given these, elements of the plate are independent.
 */
export const posteriorNetwork = (
  network: LinearNetwork,
  order: readonly string[],
): LinearNetwork => {
  const { posterior, latents } = exactPosterior(network);
  const nodes = order.flatMap((name) => network.nodes.filter((n) => n.name === name));
  const at = (node: LinearNode, element: number): readonly number[] =>
    indicesWhere(
      latents,
      (c) => c.site === node.name && c.element === (node.inPlate ? element : 0),
    );
  return {
    plateSize: network.plateSize,
    nodes: nodes.map((node, i): LinearNode => {
      const before = nodes.slice(0, i);
      const laws = node.offsets.map((_, element) =>
        regress(
          posterior,
          at(node, element),
          before.flatMap((n) => at(n, element)),
        ),
      );
      const [first] = laws;
      let column = 0;
      const parents = before.map((parent): readonly [string, Matrix] => {
        const width = parent.scaleTril.length;
        column += width;
        const from = column - width;
        return [parent.name, (first?.weights ?? []).map((row) => row.slice(from, from + width))];
      });
      return {
        name: node.name,
        form: node.form === 'scalar' ? 'scalar' : 'full',
        inPlate: node.inPlate,
        parents: Object.fromEntries(parents),
        offsets: laws.map((law) => law.offset),
        scaleTril: choleskyFactor(first?.covariance ?? []),
      };
    }),
  };
};
