/** A variational autoencoder whose codes may be correlated: q(z | x) = N(μ, L Lᵀ), L = mask ⊙ L′ + diag(σ). */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  bernoulli,
  condition,
  cosineDecay,
  deterministic,
  elbo,
  expand,
  independent,
  multivariateNormal,
  normal,
  plate,
  program,
  sample,
  svi,
} from 'marginalia';
import { dense, initializers, mlp, sequential, unflatten } from 'marginalia/nn';
import { linearAlgebra } from 'marginalia/tensors';

export interface Sizes {
  readonly pixels: number;
  readonly latent: number;
  readonly hidden: number;
}

/** q(z | x) of one image, its covariance diagonal or full. */
export const posteriors = ({ latent, hidden }: Sizes) => {
  const encoder = mlp('encoder', { hidden: [hidden] });
  const loc = dense('encoder/loc', { units: latent });
  const logScale = dense('encoder/logScale', { units: latent });
  // From zero, so that the full one starts as the diagonal one.
  const square = sequential(
    dense('encoder/factor', { units: latent ** 2, kernel: initializers.zeros }),
    unflatten([latent, latent]),
  );
  return {
    diagonal: (x: Tensor) =>
      program(function* () {
        const h = yield* encoder(x);
        yield* sample('z', independent(normal(yield* loc(h), tf.exp(yield* logScale(h)))));
      }),
    full: (x: Tensor) =>
      program(function* () {
        const h = yield* encoder(x);
        const row = tf.range(0, latent);
        const mask = tf.cast(tf.greater(tf.expandDims(row, -1), row), 'float32');
        const sigma = linearAlgebra.diagonalMatrix(tf.exp(yield* logScale(h)));
        // Divided by the entries that a row adds up, so that it leaves the diagonal no faster than that moves.
        const lower = tf.div(tf.mul(mask, yield* square(h)), latent);
        const scaleTril = yield* deterministic('L', tf.add(lower, sigma));
        yield* sample('z', multivariateNormal(yield* loc(h), { scaleTril }));
      }),
  };
};

export type Covariance = 'diagonal' | 'full';

/** q(z | x) of many images. */
export const inferred = (sizes: Sizes, covariance: Covariance) => {
  const code = posteriors(sizes)[covariance];
  return (x: Tensor) => plate('images', x.shape[0] ?? 0, code(x));
};

export const fullCovarianceVae = (sizes: Sizes, covariance: Covariance, steps: number) => {
  const { pixels, latent, hidden } = sizes;
  const decoder = mlp('decoder', { hidden: [hidden], out: pixels });
  const image = program(function* () {
    const z = yield* sample('z', independent(expand(normal(0, 1), [latent])));
    yield* sample('x', independent(bernoulli({ logits: yield* decoder(z) })));
  });
  return svi({
    model: (x: Tensor) => condition(plate('images', x.shape[0] ?? 0, image), { x }),
    guide: inferred(sizes, covariance),
    objective: elbo(),
    optimizer: adam(cosineDecay(1e-3, steps)),
  });
};
