/** The mean field that is closest to a posterior. */
import { type LinearNetwork, type LinearNode, countOf } from '../network/linear-network.js';
import type { ExactPosterior } from './exact-inference.js';
import { block, choleskyFactor, inverse, pick } from './gaussian.js';

/**
 * Of the guides whose elements are independent the closest, in KL(guide ‖ posterior): each has the posterior's
 * mean, and the precision that the posterior gives it, as a whole where it is `full` and entry by entry
 * otherwise (Bishop, Pattern Recognition and Machine Learning, section 10.1.2).
 */
export const closestMeanField = (
  network: LinearNetwork,
  { latents, posterior }: ExactPosterior,
  order: readonly string[],
  full: (site: string) => boolean,
): LinearNetwork => {
  const precision = inverse(posterior.covariance);
  const nodes = order.flatMap((name) => network.nodes.filter((n) => n.name === name));
  return {
    plates: network.plates,
    nodes: nodes.map((node): LinearNode => {
      const isFull = node.form !== 'scalar' && full(node.name);
      const own = Array.from({ length: countOf(network, node.plates) }, (_, element) => {
        const at = latents.flatMap((c, i) =>
          c.site === node.name && c.element === element ? [i] : [],
        );
        return { at, precision: block(precision, at, at) };
      });
      return {
        name: node.name,
        form: node.form === 'scalar' ? 'scalar' : isFull ? 'full' : 'independent',
        plates: node.plates,
        parents: {},
        offsets: own.map(({ at }) => pick(posterior.mean, at)),
        scaleTrils: own.map(({ precision: p }) =>
          isFull
            ? choleskyFactor(inverse(p))
            : p.map((row, i) =>
                p.map((_, j) => (i === j ? 1 / Math.sqrt(row[i] ?? Number.NaN) : 0)),
              ),
        ),
        role: { kind: 'latent' },
      };
    }),
  };
};
