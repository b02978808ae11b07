/** Two guides of one model: an encoder, which all images share, and a normal of its own for each image. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  bernoulli,
  condition,
  elbo,
  expand,
  independent,
  normal,
  param,
  plate,
  positive,
  program,
  sample,
  svi,
} from 'marginalia';
import { dense, mlp } from 'marginalia/nn';

export interface Sizes {
  readonly pixels: number;
  readonly latent: number;
  readonly hidden: number;
}

/** z ~ N(0, I), x ~ Bernoulli(decoder(z)), for each image. */
const generation = ({ pixels, latent, hidden }: Sizes) => {
  const decoder = mlp('decoder', { hidden: [hidden], out: pixels });
  const image = program(function* () {
    const z = yield* sample('z', independent(expand(normal(0, 1), [latent])));
    yield* sample('x', independent(bernoulli({ logits: yield* decoder(z) })));
  });
  return (x: Tensor) => condition(plate('images', x.shape[0] ?? 0, image), { x });
};

/** q(z | x) = N(μ(x), diag σ²(x)): the same networks for all images. */
export const encoding = ({ latent, hidden }: Sizes) => {
  const encoder = mlp('encoder', { hidden: [hidden] });
  const loc = dense('encoder/loc', { units: latent });
  const logScale = dense('encoder/logScale', { units: latent });
  return (x: Tensor) => {
    const code = program(function* () {
      const h = yield* encoder(x);
      yield* sample('z', independent(normal(yield* loc(h), tf.exp(yield* logScale(h)))));
    });
    return plate('images', x.shape[0] ?? 0, code);
  };
};

export const amortised = (sizes: Sizes) =>
  svi({
    model: generation(sizes),
    guide: encoding(sizes),
    objective: elbo(),
    optimizer: adam(1e-3),
  });

/** q(z_i) = N(μ_i, diag σ_i²): numbers of its own for each image, found while the decoder stays as it is. */
export const own = (sizes: Sizes) => {
  const code = program(function* () {
    const loc = yield* param('code/loc', tf.zeros([sizes.latent]));
    const scale = yield* param('code/scale', tf.ones([sizes.latent]), { support: positive });
    yield* sample('z', independent(normal(loc, scale)));
  });
  return svi({
    model: generation(sizes),
    guide: (x: Tensor) => plate('images', x.shape[0] ?? 0, code),
    objective: elbo(),
    optimizer: adam(0.05),
    trains: ['code'],
  });
};
