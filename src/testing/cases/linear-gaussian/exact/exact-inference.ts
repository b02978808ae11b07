/** Exact inference in linear-Gaussian networks, by dense linear algebra in double precision. */
import {
  type Gaussian,
  type Matrix,
  entropy,
  expectedLogDensity,
  given,
  logDensity,
  marginal,
  regress,
} from './gaussian.js';
import { type Coordinate, type LinearNetwork, coordinatesOf } from '../network/linear-network.js';
import {
  factorConstant,
  latentIndices,
  networkGaussian,
  observedIndices,
  observedValues,
} from '../network/network-gaussian.js';

/** What is known of a network given its observed sites and factors. */
export interface ExactPosterior {
  /** log p(observed), nats; 0 where nothing is observed. */
  readonly logEvidence: number;
  /** The latent numbers, in the order of the posterior's. */
  readonly latents: readonly Coordinate[];
  readonly posterior: Gaussian;
}

/** The posterior of a network's latent numbers and its log evidence. */
export const exactPosterior = (network: LinearNetwork): ExactPosterior => {
  const joint = networkGaussian(network);
  const seen = observedIndices(network);
  const values = observedValues(network);
  const hidden = latentIndices(network);
  const coordinates = coordinatesOf(network);
  return {
    latents: hidden.flatMap((i) => coordinates[i] ?? []),
    posterior: given(joint, hidden, seen, values),
    logEvidence:
      seen.length === 0 ? 0 : logDensity(marginal(joint, seen), values) + factorConstant(network),
  };
};

/** The covariance of the latent numbers under the posterior, whatever the values that are observed. */
export const posteriorCovariance = (network: LinearNetwork): Matrix =>
  regress(networkGaussian(network), latentIndices(network), observedIndices(network)).covariance;

/** A number's name among those of a network. */
const nameOf = ({ site, element, entry }: Coordinate): string => `${site} ${element} ${entry}`;

/** The law of a guide's numbers, in the order of `latents`. */
export const guideLaw = (guide: LinearNetwork, latents: readonly Coordinate[]): Gaussian => {
  const place = new Map(coordinatesOf(guide).map((c, i) => [nameOf(c), i]));
  return marginal(
    networkGaussian(guide),
    latents.map((c) => place.get(nameOf(c)) ?? Number.NaN),
  );
};

/** E_q[log p(x, z) − log q(z)] for a network q over the latent sites of the network p, in nats. */
export const exactElbo = (model: LinearNetwork, guide: LinearNetwork): number => {
  const hidden = latentIndices(model);
  const coordinates = coordinatesOf(model);
  const q = guideLaw(
    guide,
    hidden.flatMap((i) => coordinates[i] ?? []),
  );
  const counted = [...hidden, ...observedIndices(model)];
  const filled: Gaussian = {
    mean: [...q.mean, ...observedValues(model)],
    covariance: counted.map((_, i) =>
      counted.map((__, j) =>
        i < hidden.length && j < hidden.length ? (q.covariance[i]?.[j] ?? Number.NaN) : 0,
      ),
    ),
  };
  const joint = marginal(networkGaussian(model), counted);
  return expectedLogDensity(filled, joint) + entropy(q) + factorConstant(model);
};
