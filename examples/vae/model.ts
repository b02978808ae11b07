/** A variational autoencoder: the model, its guide, and the bound that trains both. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  bernoulli,
  condition,
  elbo,
  independent,
  multivariateNormal,
  normal,
  plate,
  program,
  sample,
  svi,
} from 'marginalia';
import { dense, initializers, mlp } from 'marginalia/nn';

export interface VaeOptions {
  readonly pixels: number;
  readonly latent: number;
  readonly hidden: number;
  readonly posterior: 'diagonal' | 'full';
}

/** p(z) p(x | z): a standard normal code, decoded to independent pixels. */
export const vaeModel = ({ pixels, latent, hidden }: VaeOptions) => {
  const decoder = mlp('decoder', { hidden: [hidden], out: pixels });
  return (count: number) =>
    plate(
      'data',
      count,
      program(function* () {
        const z = yield* sample('z', independent(normal(tf.zeros([latent]), tf.ones([latent]))));
        const logits = yield* decoder(z);
        yield* sample('x', independent(bernoulli({ logits })));
        return logits;
      }),
    );
};

/** q(z | x): a normal code, with a diagonal or a full covariance. */
export const vaeGuide = ({ latent, hidden, posterior }: VaeOptions) => {
  const encoder = mlp('encoder', { hidden: [hidden] });
  const head = (name: string, units: number) => dense(`encoder/${name}`, { units });
  // From zero, so that a full posterior starts as the diagonal one; and divided by the number of
  // entries that a row adds up, so that it leaves the prior no faster than the diagonal does.
  const lowerHead = dense('encoder/lower', {
    units: (latent * (latent - 1)) / 2,
    kernel: initializers.zeros,
  });
  return (x: Tensor) =>
    plate(
      'data',
      x.shape[0] ?? 0,
      program(function* () {
        const h = yield* encoder(x);
        const loc = yield* head('loc', latent)(h);
        const logScale = yield* head('logScale', latent)(h);
        // A code of one number has nothing to correlate.
        switch (latent === 1 ? 'diagonal' : posterior) {
          case 'diagonal':
            return yield* sample('z', independent(normal(loc, tf.exp(logScale))));
          case 'full': {
            const lower = tf.div(yield* lowerHead(h), latent);
            return yield* sample('z', multivariateNormal(loc, { logScale, lower }));
          }
        }
      }),
    );
};

export const vae = (options: VaeOptions, particles = 1) => {
  const model = vaeModel(options);
  return svi({
    model: (x: Tensor) => condition(model(x.shape[0] ?? 0), { x }),
    guide: vaeGuide(options),
    objective: elbo({ particles }),
    optimizer: adam(1e-3),
  });
};
