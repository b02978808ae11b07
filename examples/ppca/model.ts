/** Probabilistic principal components, and a linear guide, which contains the posterior. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  condition,
  cosineDecay,
  elbo,
  independent,
  multivariateNormal,
  normal,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
  svi,
} from 'marginalia';
import { lowerCholesky } from 'marginalia/distributions';
import { dense, initializers } from 'marginalia/nn';

export interface Sizes {
  /** Numbers of a datum. */
  readonly width: number;
  /** Components. */
  readonly latent: number;
}

/** z ~ N(0, I), x ~ N(W z + μ, σ² I) for each datum (Tipping and Bishop 1999, doi:10.1111/1467-9868.00196). */
export const ppcaModel = ({ width, latent }: Sizes) => {
  const decoder = dense('decoder', { units: width });
  return (count: number) =>
    plate(
      'data',
      count,
      program(function* () {
        const scale = yield* shared(param('scale', 1, { support: positive }));
        const z = yield* sample('z', independent(normal(tf.zeros([latent]), 1)));
        yield* sample('x', independent(normal(yield* decoder(z), scale)));
      }),
    );
};

/** z ~ N(A x + b, L Lᵀ): one covariance for all data, as the posterior has. */
export const linearGuide = ({ latent }: Pick<Sizes, 'latent'>) => {
  const encoder = dense('encoder', { units: latent, kernel: initializers.zeros });
  return (x: Tensor) =>
    plate(
      'data',
      x.shape[0] ?? 0,
      program(function* () {
        const scaleTril = yield* shared(
          param('scaleTril', tf.eye(latent), { support: lowerCholesky }),
        );
        yield* sample('z', multivariateNormal(yield* encoder(x), { scaleTril }));
      }),
    );
};

/** The bound, its divergence in closed form. */
export const ppca = (sizes: Sizes, steps: number) => {
  const model = ppcaModel(sizes);
  return svi({
    model: (x: Tensor) => condition(model(x.shape[0] ?? 0), { x }),
    guide: linearGuide(sizes),
    objective: elbo(),
    optimizer: adam(cosineDecay(0.05, steps)),
  });
};
