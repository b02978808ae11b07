/** An importance-weighted autoencoder: two layers of tanh units each way, K codes weighed against each other. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  bernoulli,
  condition,
  cosineDecay,
  expand,
  independent,
  iwae,
  normal,
  plate,
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

export interface Weighing {
  readonly particles: number;
  readonly gradient: 'pathwise' | 'doublyReparameterised';
}

export const importanceWeightedAutoencoder = (
  { pixels, latent, hidden }: Sizes,
  weighing: Weighing,
  steps: number,
) => {
  const layers = { hidden: [hidden, hidden], activation: 'tanh' } as const;
  const decoder = mlp('decoder', { ...layers, out: pixels });
  const encoder = mlp('encoder', layers);
  const loc = dense('encoder/loc', { units: latent });
  const logScale = dense('encoder/logScale', { units: latent });

  const image = program(function* () {
    const z = yield* sample('z', independent(expand(normal(0, 1), [latent])));
    yield* sample('x', independent(bernoulli({ logits: yield* decoder(z) })));
  });
  const code = (x: Tensor) =>
    program(function* () {
      const h = yield* encoder(x);
      yield* sample('z', independent(normal(yield* loc(h), tf.exp(yield* logScale(h)))));
    });
  return svi({
    model: (x: Tensor) => condition(plate('images', x.shape[0] ?? 0, image), { x }),
    guide: (x: Tensor) => plate('images', x.shape[0] ?? 0, code(x)),
    objective: iwae(weighing),
    optimizer: adam(cosineDecay(1e-3, steps)),
  });
};
