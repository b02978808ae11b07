/** A variational autoencoder with a plane of codes, whose evidence an integral over the plane gives as well. */
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
  plate,
  program,
  sample,
  svi,
} from 'marginalia';
import { dense, mlp } from 'marginalia/nn';

export interface Sizes {
  readonly pixels: number;
  readonly hidden: number;
}

/** z ~ N(0, I) on the plane, x ~ Bernoulli(decoder(z)), for each image; returns the logits. */
export const generation = ({ pixels, hidden }: Sizes) => {
  const decoder = mlp('decoder', { hidden: [hidden], out: pixels });
  const image = program(function* () {
    const z = yield* sample('z', independent(expand(normal(0, 1), [2])));
    const logits = yield* decoder(z);
    yield* sample('x', independent(bernoulli({ logits })));
    return logits;
  });
  return (count: number) => plate('images', count, image);
};

/** q(z | x) = N(μ(x), diag σ²(x)), the proposal. */
export const proposal = ({ hidden }: Sizes) => {
  const encoder = mlp('encoder', { hidden: [hidden] });
  const loc = dense('encoder/loc', { units: 2 });
  const logScale = dense('encoder/logScale', { units: 2 });
  return (x: Tensor) => {
    const code = program(function* () {
      const h = yield* encoder(x);
      yield* sample('z', independent(normal(yield* loc(h), tf.exp(yield* logScale(h)))));
    });
    return plate('images', x.shape[0] ?? 0, code);
  };
};

export const vae = (sizes: Sizes) => {
  const model = generation(sizes);
  return svi({
    model: (x: Tensor) => condition(model(x.shape[0] ?? 0), { x }),
    guide: proposal(sizes),
    objective: elbo(),
    optimizer: adam(1e-3),
  });
};
