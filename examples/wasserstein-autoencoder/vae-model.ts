/** The variational autoencoder of the same networks and cost: −log p(x | z) is ‖x − d(z)‖² and a constant. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  condition,
  elbo,
  independent,
  normal,
  plate,
  program,
  sample,
  svi,
} from 'marginalia';
import { dense, mlp, sequential } from 'marginalia/nn';
import { LATENT } from './model.js';

export const variationalAutoencoder = (pixels: number) => {
  const hidden = mlp('encoder', { hidden: [256] });
  const loc = dense('encoder/loc', { units: LATENT });
  const logScale = dense('encoder/logScale', { units: LATENT });
  const decoder = mlp('decoder', { hidden: [256], out: pixels, outActivation: 'sigmoid' });

  const image = program(function* () {
    const z = yield* sample('z', independent(normal(tf.zeros([LATENT]), 1)));
    yield* sample('x', independent(normal(yield* decoder(z), Math.SQRT1_2)));
  });
  const code = (x: Tensor) =>
    program(function* () {
      const h = yield* hidden(x);
      return yield* sample('z', independent(normal(yield* loc(h), tf.exp(yield* logScale(h)))));
    });

  const guide = (x: Tensor) => plate('images', x.shape[0] ?? 0, code(x));
  return {
    encoder: guide,
    mean: sequential(hidden, loc),
    decoder,
    vae: svi({
      model: (x: Tensor) => condition(plate('images', x.shape[0] ?? 0, image), { x }),
      guide,
      objective: elbo(),
      optimizer: adam(1e-3),
    }),
  };
};
