/** Probabilistic principal components: the model and a linear guide, which contains its posterior. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  dense,
  independent,
  initializers,
  lowerCholesky,
  multivariateNormal,
  normal,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
} from 'marginalia';

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
        const z = yield* sample('z', independent(normal(tf.zeros([latent]), tf.ones([latent]))));
        yield* sample('x', independent(normal(yield* decoder(z), scale)));
      }),
    );
};

/** z ~ N(A x + b, L Lᵀ): one covariance for all data, as the posterior has. */
export const ppcaGuide = ({ latent }: Sizes) => {
  const encoder = dense('encoder', { units: latent, kernel: initializers.zeros });
  return (x: Tensor) =>
    plate(
      'data',
      x.shape[0] ?? 0,
      program(function* () {
        const scaleTril = yield* shared(
          param('scaleTril', tf.eye(latent), { support: lowerCholesky }),
        );
        const loc = yield* encoder(x);
        yield* sample('z', multivariateNormal(loc, { scaleTril }));
      }),
    );
};
